/** Uniform numbers become normal ones: what `transformFloat32` does, four pairs at a time, with the same bits. */
import type { FunctionBuilder, Local } from "../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { kernelType } from "../../../runtime/thread-module.ts";
import { f32x4, i32x4 } from "../../../wasm/vector-constant.ts";
import { cosine, logarithm, sine } from "../float32-transcendentals.ts";
import { type Lanes, RoundedLanes } from "./rounded-lanes.ts";

/** Offsets of the arguments: the address of the numbers, then mean and standard deviation as float32. */
export const normalArguments = { address: 0, mean: 4, std: 8, sizeBytes: 12 } as const;

/** Numbers of a block: as many radii as angles. */
const blockBytes = 64;
const half = blockBytes / 2;
const vectorBytes = 16;

/** A kernel whose units are blocks. */
export function defineNormal(module: ModuleBuilder): void {
  const f = module.function("normal", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const begin = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const place = f.local("i32", "place");
  const limit = f.local("i32", "limit");
  const lanes = new RoundedLanes(f);
  const [mean, std] = [normalArguments.mean, normalArguments.std].map((offset) => {
    const local = f.local("v128");
    f.get(args);
    f.load("v128.load32_splat", { offset });
    f.set(local);
    return lanes.widened(local);
  });
  if (mean === undefined || std === undefined) return;
  for (const [local, unit] of [
    [place, begin],
    [limit, end],
  ] as const) {
    f.get(args);
    f.load("i32.load", { offset: normalArguments.address });
    f.get(unit);
    f.i32Const(blockBytes);
    f.emit("i32.mul");
    f.emit("i32.add");
    f.set(local);
  }
  f.block((done) => {
    f.loop((again) => {
      f.get(place);
      f.get(limit);
      f.emit("i32.ge_u");
      f.brIf(done);
      for (const offset of [0, vectorBytes]) emitPairs(f, lanes, { place, offset, mean, std });
      f.increment(place, blockBytes);
      f.br(again);
    });
  });
}

function emitPairs(
  f: FunctionBuilder,
  lanes: RoundedLanes,
  {
    place,
    offset,
    mean,
    std,
  }: { readonly place: Local; readonly offset: number; readonly mean: Lanes; readonly std: Lanes },
): void {
  const value = vectorOf(f, () => {
    f.get(f.constant(f32x4(1)));
    f.get(place);
    f.load("v128.load", { offset });
    f.emit("f32x4.sub");
  });
  const radius = lanes.widened(emitRadius(f, lanes, value));
  const angle = vectorOf(f, () => {
    f.get(place);
    f.load("v128.load", { offset: offset + half });
    f.get(f.constant(f32x4(2 * Math.PI)));
    f.emit("f32x4.mul");
  });
  const waves = emitWaves(f, lanes, angle);
  for (const [wave, at] of [
    [waves.cos, offset],
    [waves.sin, offset + half],
  ] as const) {
    const result = lanes.narrowed(
      lanes.fused(lanes.product(radius, lanes.widened(wave)), std, mean),
    );
    f.get(place);
    f.get(result);
    f.store("v128.store", { offset: at });
  }
}

function vectorOf(f: FunctionBuilder, value: () => void): Local {
  const local = f.local("v128");
  value();
  f.set(local);
  return local;
}

/** `sqrt(-2 log(value))`, for normal positive numbers. */
function emitRadius(f: FunctionBuilder, lanes: RoundedLanes, value: Local): Local {
  const mantissa = vectorOf(f, () => {
    f.get(value);
    f.get(f.constant(i32x4(0x807fffff)));
    f.emit("v128.and");
    f.get(f.constant(i32x4(0x3f000000)));
    f.emit("v128.or");
  });
  const isLow = vectorOf(f, () => {
    f.get(mantissa);
    f.get(f.constant(f32x4(Math.SQRT1_2)));
    f.emit("f32x4.lt");
  });
  const exponent = vectorOf(f, () => {
    f.get(value);
    f.i32Const(23);
    f.emit("i32x4.shr_u");
    f.get(f.constant(i32x4(126)));
    f.emit("i32x4.sub");
    f.get(isLow); // -1 where it holds
    f.emit("i32x4.add");
    f.emit("f32x4.convert_i32x4_s");
  });
  const reduced = vectorOf(f, () => {
    f.get(mantissa);
    f.get(f.constant(f32x4(1)));
    f.emit("f32x4.sub");
    f.get(mantissa);
    f.get(isLow);
    f.emit("v128.and");
    f.emit("f32x4.add");
  });
  const x = lanes.widened(reduced);
  const e = lanes.widened(exponent);
  const z = lanes.product(x, x);
  const tail = lanes.product(polynomial(lanes, logarithm.coefficients, x), x);
  const low = lanes.fused(tail, z, lanes.product(e, lanes.constant(logarithm.ofTwoLow)));
  const y = lanes.fused(lanes.negated(z), lanes.constant(0.5), low);
  const log = lanes.fused(e, lanes.constant(logarithm.ofTwoHigh), lanes.sum(x, y));
  return vectorOf(f, () => {
    f.get(lanes.narrowed(log));
    f.get(f.constant(f32x4(-2)));
    f.emit("f32x4.mul");
    f.emit("f32x4.sqrt");
  });
}

function polynomial(lanes: RoundedLanes, coefficients: readonly number[], x: Lanes): Lanes {
  return coefficients
    .map((coefficient) => lanes.constant(coefficient))
    .reduce((sum, coefficient) => lanes.fused(sum, x, coefficient));
}

/** Sine and cosine of non-negative numbers. */
function emitWaves(
  f: FunctionBuilder,
  lanes: RoundedLanes,
  angle: Local,
): { readonly sin: Local; readonly cos: Local } {
  const octant = vectorOf(f, () => {
    f.get(angle);
    f.get(f.constant(f32x4(4 / Math.PI)));
    f.emit("f32x4.mul");
    f.emit("i32x4.trunc_sat_f32x4_s");
    f.get(f.constant(i32x4(1)));
    f.emit("i32x4.add");
    f.get(f.constant(i32x4(~1)));
    f.emit("v128.and");
  });
  const o = lanes.widened(
    vectorOf(f, () => {
      f.get(octant);
      f.emit("f32x4.convert_i32x4_s");
    }),
  );
  const x = sine.partsOfQuarterPi.reduce(
    (rest, part) => lanes.fused(o, lanes.constant(part), rest),
    lanes.widened(angle),
  );
  const z = lanes.product(x, x);
  const halfZ = lanes.negated(lanes.product(z, lanes.constant(0.5)));
  const cosTail = lanes.product(polynomial(lanes, cosine.coefficients, z), z);
  const cos = lanes.narrowed(lanes.sum(lanes.fused(cosTail, z, halfZ), lanes.constant(1)));
  const sinTail = lanes.product(polynomial(lanes, sine.coefficients, z), z);
  const sin = lanes.narrowed(lanes.fused(sinTail, x, x));
  const isSwapped = vectorOf(f, () => {
    f.get(octant);
    f.get(f.constant(i32x4(2)));
    f.emit("v128.and");
    f.get(f.constant(i32x4(2)));
    f.emit("i32x4.eq");
  });
  const withSign = (first: Local, second: Local, sign: () => void): Local =>
    vectorOf(f, () => {
      f.get(first);
      f.get(second);
      f.get(isSwapped);
      f.emit("v128.bitselect");
      sign();
      f.i32Const(29); // bit 2 becomes the sign
      f.emit("i32x4.shl");
      f.get(f.constant(i32x4(0x80000000)));
      f.emit("v128.and");
      f.emit("v128.xor");
    });
  return {
    sin: withSign(cos, sin, () => f.get(octant)),
    cos: withSign(sin, cos, () => {
      f.get(octant);
      f.get(f.constant(i32x4(2)));
      f.emit("i32x4.sub");
      f.emit("v128.not");
    }),
  };
}
