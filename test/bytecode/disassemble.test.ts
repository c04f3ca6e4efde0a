/** The listing of bytecode is deterministic and complete. */

import { expect, test } from "vitest";
import { disassemble } from "../../src/dynamo/bytecode/disassemble.ts";
import { lowerFunction } from "../../src/dynamo/bytecode/lower/lower-function.ts";

test("a branch on a method call", () => {
  expect(
    disassemble(
      lowerFunction(
        "function fn(x) {\n  const y = x.sum();\n  if (y.gt(0).item()) return torch.sin(y, 1);\n  return y;\n}",
      ),
    ),
  ).toMatchInlineSnapshot(`
      "function fn(1)
         0  0  L1  loadParameter index=0
         1  1  L1  storeLocal 0:x
         2  0  L2  loadLocal 0:x
         3  1  L2  getMethod name="sum"
         4  2  L2  callMethod count=0 site="x.sum"
         5  1  L2  storeLocal 1:y
         6  0  L3  loadLocal 1:y
         7  1  L3  getMethod name="gt"
         8  2  L3  pushConstant value=0
         9  3  L3  callMethod count=1 site="y.gt"
        10  1  L3  getMethod name="item"
        11  2  L3  callMethod count=0 site="y.gt(...).item"
        12  1  L3  jumpIfFalse -> 19
        13  0  L3  loadCapture 0:torch
        14  1  L3  getMethod name="sin"
        15  2  L3  loadLocal 1:y
        16  3  L3  pushConstant value=1
        17  4  L3  callMethod count=2 site="torch.sin"
        18  1  L3  return
      > 19  0  L4  loadLocal 1:y
        20  1  L4  return
        21  -  L1  pushConstant value=undefined
        22  -  L1  return
      local 0 x
      local 1 y
      capture 0 torch from outer
      "
    `);
});

test("a loop over an iterable with a handler and a finally block", () => {
  expect(
    disassemble(
      lowerFunction(
        "function fn(xs) {\n  for (const x of xs) {\n    try {\n      if (x) return x;\n    } finally {\n      done(x);\n    }\n  }\n}",
      ),
    ),
  ).toMatchInlineSnapshot(`
    "function fn(1)
       0  0  L1  loadParameter index=0
       1  1  L1  storeLocal 0:xs
       2  0  L2  loadLocal 0:xs
       3  1  L2  getIterator site="xs"
       4  1  L2  storeLocal 2:$iterator
    >  5  0  L2  advanceIterator 2:$iterator -> 43
       6  0  L2  iteratorValue 2:$iterator
       7  1  L2  storeLocal 1:x
       8  0  L4  loadLocal 1:x
       9  1  L4  jumpIfFalse -> 15
      10  0  L4  loadLocal 1:x
      11  1  L4  storeLocal 4:$value
      12  0  L4  pushConstant value=2
      13  1  L4  storeLocal 3:$completion
      14  0  L4  jump -> 23
    > 15  0  L5  pushConstant value=undefined
      16  1  L5  storeLocal 4:$value
      17  0  L5  pushConstant value=0
      18  1  L5  storeLocal 3:$completion
      19  0  L5  jump -> 23
    > 20  1  L5  storeLocal 4:$value
      21  0  L5  pushConstant value=1
      22  1  L5  storeLocal 3:$completion
    > 23  0  L6  loadCapture 0:done
      24  1  L6  loadLocal 1:x
      25  2  L6  call count=1 site="done"
      26  1  L6  pop
      27  0  L5  loadLocal 3:$completion
      28  1  L5  pushConstant value=1
      29  2  L5  binary operator="==="
      30  1  L5  jumpIfFalse -> 33
      31  0  L5  loadLocal 4:$value
      32  1  L5  throw
    > 33  0  L5  loadLocal 3:$completion
      34  1  L5  pushConstant value=2
      35  2  L5  binary operator="==="
      36  1  L5  jumpIfFalse -> 40
      37  0  L5  loadLocal 4:$value
      38  1  L5  iteratorClose 2:$iterator
      39  1  L5  return
    > 40  0  L2  jump -> 5
    > 41  1  L2  iteratorCloseQuietly 2:$iterator
      42  1  L2  throw
    > 43  0  L1  pushConstant value=undefined
      44  1  L1  return
    region 8..11 -> 20 depth 0
    region 6..38 -> 41 depth 0
    local 0 xs
    local 1 x
    local 2 $iterator
    local 3 $completion
    local 4 $value
    capture 0 done from outer
    "
  `);
});

test("closures, captures and cells", () => {
  expect(
    disassemble(
      lowerFunction(
        "(a) => {\n  let n = a;\n  const add = (k) => { n += k * scale; };\n  add(1);\n  return n;\n}",
      ),
    ),
  ).toMatchInlineSnapshot(`
      "arrow (anonymous)(1)
         0  0  L1  createCell 1:n name="n" initialized=false
         1  0  L1  loadParameter index=0
         2  1  L1  storeLocal 0:a
         3  0  L2  loadLocal 0:a
         4  1  L2  initializeCell 1:n
         5  0  L3  createClosure child=0 name="add"
         6  1  L3  storeLocal 2:add
         7  0  L4  loadLocal 2:add
         8  1  L4  pushConstant value=1
         9  2  L4  call count=1 site="add"
        10  1  L4  pop
        11  0  L5  loadCell 1:n
        12  1  L5  return
        13  -  L1  pushConstant value=undefined
        14  -  L1  return
      local 0 a
      local 1 n (cell)
      local 2 add
      capture 0 scale from outer
      child 0 arrow (anonymous) [n from local 1 assigned, scale from capture 0]
      "
    `);
});
