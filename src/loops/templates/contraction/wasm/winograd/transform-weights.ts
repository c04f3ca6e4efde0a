import { at } from "../../../../../core/shape.ts";
import { kernelType } from "../../../../../runtime/thread-module.ts";
import type { FunctionReference, Local } from "../../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../../wasm/module-builder.ts";
import { advance } from "../vector-units.ts";
import { forBelow } from "../structured-loops.ts";
import { LinearEmitter } from "./linear-program.ts";
import { spanNames, spanSize, weightNames, weightTransform, windowSize } from "./transforms.ts";
import { wordReader } from "./winograd-words.ts";

/** `transformWeights`: units are filters; four channels at a time. */
export function defineTransformWeights(
  module: ModuleBuilder,
  { relaxed, scratch }: { readonly relaxed: boolean; readonly scratch: FunctionReference },
): void {
  const f = module.function("transformWeights", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = wordReader(f, args);
  const [space, channel, from, target, place] = ["space", "channel", "from", "target", "place"].map(
    (name) => f.local("i32", name),
  ) as [Local, Local, Local, Local, Local]; // five names, five locals
  const lanes = Array.from({ length: 4 }, (_, lane) => f.local("i32", `lane${lane}`));
  const transform = new LinearEmitter(f, weightTransform, relaxed);
  f.get(unit);
  f.emit("i32.eqz");
  f.if(() => {
    f.get(word("spoilt"));
    f.i32Const(0);
    f.store("i32.store");
  });
  f.call(scratch);
  f.set(space);
  forBelow(f, unit, end, 1, () => {
    f.get(unit);
    f.get(word("filterStep"));
    f.emit("i32.mul");
    f.get(word("weightBase"));
    f.emit("i32.add");
    f.set(from);
    f.get(unit);
    f.get(word("weightRowBytes"));
    f.emit("i32.mul");
    f.get(word("weights"));
    f.emit("i32.add");
    f.set(target);
    f.i32Const(0);
    f.set(channel);
    forBelow(f, channel, word("channels"), 4, () => {
      lanes.forEach((lane, index) => {
        // Behind the last channel it is taken again: those numbers are not used.
        f.get(channel);
        f.i32Const(index);
        f.emit("i32.add");
        f.tee(place);
        f.get(word("channels"));
        f.i32Const(1);
        f.emit("i32.sub");
        f.get(place);
        f.get(word("channels"));
        f.emit("i32.lt_s");
        f.emit("select");
        f.get(word("channelStep"));
        f.emit("i32.mul");
        f.get(from);
        f.emit("i32.add");
        f.set(lane);
      });
      // Down each column of the window, then along each row of what that gave.
      for (let column = 0; column < windowSize; column++) {
        weightNames.forEach((name, row) => {
          f.get(word("windowRowStep"));
          f.i32Const(row);
          f.emit("i32.mul");
          f.get(word("windowColumnStep"));
          f.i32Const(column);
          f.emit("i32.mul");
          f.emit("i32.add");
          f.set(place);
          const vector = transform.local(name);
          lanes.forEach((lane, index) => {
            f.get(place);
            f.get(lane);
            f.emit("i32.add");
            if (index === 0) f.load("v128.load32_splat");
            else {
              f.get(vector);
              f.memoryLane("v128.load32_lane", index);
            }
            f.set(vector);
          });
        });
        transform.emit();
        spanNames.forEach((name, row) => {
          f.get(space);
          f.get(transform.local(name));
          f.store("v128.store", { offset: (row * windowSize + column) * 16 });
        });
      }
      f.get(target);
      f.set(place);
      for (let row = 0; row < spanSize; row++) {
        weightNames.forEach((name, column) => {
          f.get(space);
          f.load("v128.load", { offset: (row * windowSize + column) * 16 });
          f.set(transform.local(name));
        });
        transform.emit();
        spanNames.forEach((_, column) => {
          f.get(place);
          f.get(transform.local(at(spanNames, column)));
          f.store("v128.store");
          advance(f, place, word("weightPlaneBytes"));
        });
      }
      f.increment(target, 16);
    });
  });
}
