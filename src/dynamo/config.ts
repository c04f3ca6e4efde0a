import { defineConfig } from "../base/config.ts";

/** The flags of the capturing front end, with PyTorch's names, defaults and environment variables. */
export const config = defineConfig("torch._dynamo.config", {
  disable: {
    kind: "boolean",
    default: false,
    env: "TORCH_COMPILE_DISABLE",
    doc: "Run every compiled function as plain JavaScript.",
  },
  verbose: {
    kind: "boolean",
    default: false,
    env: "TORCHDYNAMO_VERBOSE",
    doc: "Print every record in full: duplicate graph breaks keep their stack, errors keep their internal stack.",
  },
  suppress_errors: {
    kind: "boolean",
    default: false,
    env: "TORCHDYNAMO_SUPPRESS_ERRORS",
    doc: "When the compiler itself or a backend fails, warn and run the function as plain JavaScript.",
  },
  recompile_limit: {
    kind: "int",
    default: 8,
    doc: "How many compiled entries one function may collect before new ones run as plain JavaScript.",
  },
  fail_on_recompile_limit_hit: {
    kind: "boolean",
    default: false,
    doc: "Throw FailOnRecompileLimitHit where the recompile limit would otherwise only warn.",
  },
  error_on_recompile: {
    kind: "boolean",
    default: false,
    doc: "Throw RecompileError instead of compiling a function a second time.",
  },
  capture_scalar_outputs: {
    kind: "boolean",
    default: false,
    env: "TORCHDYNAMO_CAPTURE_SCALAR_OUTPUTS",
    doc: "Keep `Tensor.item()` and its kin in the captured graph instead of breaking it.",
  },
  auto_cond: {
    kind: "boolean",
    default: false,
    doc: "Turn branches and loops on tensor data into `torch.cond` and `while_loop`, as `fullgraph: true` does.",
  },
  capture_dynamic_output_shape_ops: {
    kind: "boolean",
    default: false,
    env: "TORCHDYNAMO_CAPTURE_DYNAMIC_OUTPUT_SHAPE_OPS",
    doc: "Keep operators whose result sizes depend on data (`torch.nonzero`) in the captured graph instead of breaking it.",
  },
  automatic_dynamic_shapes: {
    kind: "boolean",
    default: true,
    doc: "Make a size or number symbolic when a recompilation shows that it varies.",
  },
  specialize_int: {
    kind: "boolean",
    default: false,
    doc: "Never make integer inputs symbolic: compile once per value.",
  },
  specialize_float: {
    kind: "boolean",
    default: false,
    env: "TORCHDYNAMO_SPECIALIZE_FLOAT",
    doc: "Never make fractional number inputs symbolic: compile once per value.",
  },
  side_effect_replay_policy: {
    kind: "choice",
    choices: ["silent", "warn", "error"],
    default: "silent",
    doc: "What to do when a captured part changes objects or variables from outside, which is replayed after its graph: nothing, warn and list them, or throw.",
  },
  debug_force_residual_code: {
    kind: "boolean",
    default: false,
    doc: "Run generated code even for a function that calls no tensor operation: for tests of the compiler.",
  },
  debug_break_everywhere: {
    kind: "boolean",
    default: false,
    doc: "Break the graph at every instruction: for tests of the compiler.",
  },
  debug_break_every: {
    kind: "int",
    default: 0,
    doc: "Break the graph at instructions whose number in their function is a multiple of this: for tests of the compiler.",
  },
  reorderable_logging_functions: {
    kind: "functionSet",
    doc: "Functions whose calls are moved behind the current graph instead of breaking it.",
  },
  ignore_logging_functions: {
    kind: "functionSet",
    doc: "Functions whose calls are dropped while compiling.",
  },
});
