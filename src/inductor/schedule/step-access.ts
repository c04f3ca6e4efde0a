/** Which memory a step reads and which it writes. */
import { isFake, isTensor, stateOf } from "../../core/tensor.ts";
import { mapArgument } from "../../fx/node.ts";
import type { Buffer, Program, Step } from "../program.ts";

/** What a step reads and writes. */
export interface Access {
  readonly reads: ReadonlySet<Buffer>;
  readonly writes: ReadonlySet<Buffer>;
}

const accesses = new WeakMap<Step, Access>();

export function accessOf(program: Program, step: Step): Access {
  let access = accesses.get(step);
  if (access === undefined) accesses.set(step, (access = findAccess(program, step)));
  return access;
}

function findAccess(program: Program, step: Step): Access {
  const reads = new Set<Buffer>();
  const writes = new Set<Buffer>();
  switch (step.kind) {
    case "launch": {
      const stores = step.kernel.stages.flatMap((stage) => stage.stores);
      const stored = new Set(stores.map(({ operand }) => operand));
      // Scatters leave what they do not touch, or add to it.
      const keepsRest = stores.some(
        ({ coordinates, mode }) => coordinates !== null || mode !== "set",
      );
      step.operands.forEach(({ buffer }, index) => {
        if (stored.has(index)) writes.add(buffer);
        if (!stored.has(index) || keepsRest) reads.add(buffer);
      });
      break;
    }
    case "template":
      step.operands.forEach(({ buffer }, index) => (index === 0 ? writes : reads).add(buffer));
      break;
    case "chain":
      step.operands.forEach(({ buffer }, index) => (index === 0 ? writes : reads).add(buffer));
      // What is between has memory where the parts run one by one.
      for (const { operands } of step.parts)
        for (const { buffer } of operands) if (!reads.has(buffer)) writes.add(buffer);
      break;
    case "routine":
      for (const buffer of buffersIn(program, Object.values(step.call.args))) reads.add(buffer);
      // A sort leaves what it sorts as it is; others may work in place.
      for (const buffer of buffersIn(program, [
        ...(step.sort === null ? [step.call.args["self"]] : []),
        ...step.call.outputs,
      ]))
        writes.add(buffer);
      break;
    case "call":
      for (const buffer of buffersIn(program, [step.args, step.result])) {
        reads.add(buffer);
        writes.add(buffer);
      }
      break;
    case "version":
      break;
  }
  return { reads, writes };
}

/** The memory of all tensors inside a value. */
function buffersIn(program: Program, value: unknown): ReadonlySet<Buffer> {
  const buffers = new Set<Buffer>();
  mapArgument(value, (leaf) => {
    if (isTensor(leaf) && isFake(leaf)) {
      const buffer = program.bufferOf.get(stateOf(leaf).storage);
      if (buffer !== undefined) buffers.add(buffer);
    }
    return leaf;
  });
  return buffers;
}

/** Memory that outlives a call. */
export function visibleBuffers(program: Program): Set<Buffer> {
  const visible = new Set<Buffer>(buffersIn(program, program.outputs));
  for (const buffer of program.buffers) if (buffer.origin.kind !== "made") visible.add(buffer);
  return visible;
}
