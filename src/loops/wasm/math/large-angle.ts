/**
 * Reduces large float32 angles: a function (angle) -> (r, n) with angle = n·π/2 + r modulo 2π.
 *
 * M. Payne, R. Hanek, "Radian reduction for trigonometric functions", 1983, in the form of glibc's sincosf: the 24 bits of
 * the angle times the 96 bits of 4/π that are worth between 2^2 and 2^-94 of a turn.
 */
import type { FunctionBuilder, FunctionReference } from "../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../wasm/module-builder.ts";

/** 4/π = 1.0100010111…b, as bytes. */
const bitsOf4OverPi = "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041";
const windows = bitsOf4OverPi.length / 2;
/** π · 2^-63. */
const radiansPerUnit = Math.PI * 2 ** -63;

export function largeAngleFunction(module: ModuleBuilder): FunctionReference {
  const window = windowFunction(module);
  const f = module.function("reduce_large_angle", { params: ["f32"], results: ["v128"] });
  const angle = f.parameter(0, "angle");
  const bits = f.local("i32", "bits");
  const first = f.local("i32", "first");
  const mantissa = f.local("i64", "mantissa");
  const product = f.local("i64", "product");
  const n = f.local("i64", "n");
  f.get(angle);
  f.emit("i32.reinterpret_f32");
  f.set(bits);
  maskedShift(f, () => f.get(bits), 26, 15);
  f.set(first);
  // The mantissa, shifted by what of the exponent the choice of the window leaves.
  f.get(bits);
  f.i32Const(0xffffff);
  f.emit("i32.and");
  f.i32Const(0x800000);
  f.emit("i32.or");
  maskedShift(f, () => f.get(bits), 23, 7);
  f.emit("i32.shl");
  f.emit("i64.extend_i32_u");
  f.set(mantissa);
  const times = (offset: number): void => {
    f.get(mantissa);
    f.get(first);
    f.i32Const(offset);
    f.emit("i32.add");
    f.call(window);
    f.emit("i64.mul");
  };
  times(8);
  f.i64Const(32n);
  f.emit("i64.shr_u");
  times(0);
  f.i64Const(32n);
  f.emit("i64.shl");
  f.emit("i64.or");
  times(4);
  f.emit("i64.add");
  f.tee(product);
  f.i64Const(1n << 61n);
  f.emit("i64.add");
  f.i64Const(62n);
  f.emit("i64.shr_u");
  f.set(n);
  signed(
    f,
    () => {
      f.get(product);
      f.get(n);
      f.i64Const(62n);
      f.emit("i64.shl");
      f.emit("i64.sub");
      f.emit("f64.convert_i64_s");
      f.f64Const(radiansPerUnit);
      f.emit("f64.mul");
    },
    angle,
  );
  f.emit("f64x2.splat");
  signed(
    f,
    () => {
      f.get(n);
      f.emit("f64.convert_i64_s");
    },
    angle,
  );
  f.lane("f64x2.replace_lane", 1);
  return f;
}

function maskedShift(f: FunctionBuilder, value: () => void, shift: number, mask: number): void {
  value();
  f.i32Const(shift);
  f.emit("i32.shr_u");
  f.i32Const(mask);
  f.emit("i32.and");
}

/** The value, or its negative for negative angles. */
function signed(
  f: FunctionBuilder,
  value: () => void,
  angle: ReturnType<FunctionBuilder["local"]>,
): void {
  value();
  f.f64Const(1);
  f.get(angle);
  f.emit("f64.promote_f32");
  f.emit("f64.copysign");
  f.emit("f64.mul");
}

/** The 32 bits of 4/π that end with byte `index`, as an i64. */
function windowFunction(module: ModuleBuilder): FunctionReference {
  const f = module.function("window_of_4_over_pi", { params: ["i32"], results: ["i64"] });
  const index = f.parameter(0, "index");
  for (let last = 0; last < windows; last++) {
    f.get(index);
    f.i32Const(last);
    f.emit("i32.eq");
    f.if(() => {
      const from = Math.max(0, last - 3) * 2;
      f.i64Const(BigInt(`0x${bitsOf4OverPi.slice(from, (last + 1) * 2)}`));
      f.emit("return");
    });
  }
  f.i64Const(0n);
  return f;
}
