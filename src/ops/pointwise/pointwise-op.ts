/** Factories for the records of pointwise ops: what all of one form share. */
import { bool, type DType, dtypes } from "../../core/dtype.ts";
import { type Operand, floatResultType, resultType } from "../../core/promotion.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import type { Expression } from "../../loops/expression.ts";
import { arg, type RequiredArg } from "../arg.ts";
import { allDTypes, defineOp } from "../define-op.ts";
import { naiveMap } from "../naive-array.ts";
import type { DerivativeDecision, Op, OpDoc } from "../op-record.ts";
import type { SampleMaker, SampleOptions } from "../sample-maker.ts";
import { pointwiseMeta } from "./pointwise-meta.ts";

/** `same`: in the operands' common dtype. `float`: integers become the default float. `bool`: compared in the common dtype, the result is bool. */
export type ResultRule = "same" | "float" | "bool";

/** The dtype the body computes in. */
function computeDType(operands: readonly Operand[], rule: ResultRule): DType {
  return rule === "float" ? floatResultType(operands) : resultType(operands);
}

interface PointwiseFacts {
  readonly name: string;
  readonly api: readonly string[];
  readonly rule: ResultRule;
  readonly doc: OpDoc;
  readonly derivative: DerivativeDecision;
  readonly dtypes?: readonly DType[];
  /** Throws for dtypes the op is not defined for. */
  readonly check?: (dtype: DType) => void;
}

export interface UnaryFacts extends PointwiseFacts {
  readonly body: (x: Expression) => Expression;
  /** For one element, in plain numbers. */
  readonly reference: (x: number, dtype: DType) => number;
  /** The values to test with. */
  readonly domain?: SampleOptions;
}

export type UnaryOp = Op<{ readonly self: RequiredArg<TensorBase> }, TensorBase>;

/** The record of a function of one tensor. */
export function unaryOp(facts: UnaryFacts): UnaryOp {
  const { body, rule, reference, check } = facts;
  return defineOp({
    name: facts.name,
    api: facts.api,
    args: { self: arg.tensor },
    doc: facts.doc,
    dtypes: facts.dtypes ?? allDTypes,
    derivative: facts.derivative,
    meta: ({ self }) => {
      check?.(self.dtype);
      return pointwiseMeta([self], rule === "bool" ? bool : computeDType([self], rule));
    },
    lowering: ({ self }) => pointwise(body, [self], computeDType([self], rule)),
    reference: ({ self }) => naiveMap([self], (x = 0) => reference(x, self.dtype)),
    samples: (make) => unarySamples(make, facts.domain ?? {}),
  });
}

export function* unarySamples(
  make: SampleMaker,
  domain: SampleOptions,
): Generator<{ self: TensorBase }> {
  yield { self: make.tensor([2, 3], domain) };
  yield { self: make.tensor([], domain) };
  yield { self: make.tensor([0, 3], domain) };
  yield { self: make.strided([3, 2, 4], domain) };
  yield { self: make.tensor([70], domain) };
}

export interface BinaryFacts extends PointwiseFacts {
  readonly body: (x: Expression, y: Expression) => Expression;
  readonly reference: (x: number, y: number) => number;
  readonly domain?: SampleOptions;
  /** The values of the second operand. */
  readonly otherDomain?: SampleOptions;
  /** Whether both operands must be tensors; by default either may be a number. */
  readonly tensorsOnly?: boolean;
  /** Some operands are refused for their values: an integer divisor of zero. */
  readonly checksData?: boolean;
  /** Numbers keep the precision of float32 beside floats of 16 bits; else they are rounded to the tensor's dtype first. */
  readonly keepsNumbers?: boolean;
  /** Numbers to try as the second operand. */
  readonly scalars?: readonly (number | boolean)[];
}

export type BinaryOp = Op<
  { readonly self: RequiredArg<Operand>; readonly other: RequiredArg<Operand> },
  TensorBase
>;

/** The record of a function of two operands, either of which may be a number. */
export function binaryOp(facts: BinaryFacts): BinaryOp {
  const operand: RequiredArg<Operand> = facts.tensorsOnly === true ? arg.tensor : arg.operand;
  const { body, rule, reference, check } = facts;
  return defineOp({
    name: facts.name,
    api: facts.api,
    checksData: facts.checksData ?? false,
    args: { self: operand, other: operand },
    doc: facts.doc,
    dtypes: facts.dtypes ?? allDTypes,
    derivative: facts.derivative,
    meta: ({ self, other }) => {
      const dtype = computeDType([self, other], rule);
      check?.(dtype);
      return pointwiseMeta([self, other], rule === "bool" ? bool : dtype);
    },
    lowering: ({ self, other }) => {
      const dtype = computeDType([self, other], rule);
      return pointwise(body, [self, other], facts.keepsNumbers ? dtypes[dtype.computeName] : dtype);
    },
    reference: ({ self, other }) => naiveMap([self, other], reference),
    samples: (make) =>
      binarySamples(
        make,
        facts.domain ?? {},
        facts.otherDomain ?? facts.domain ?? {},
        facts.scalars ?? (facts.tensorsOnly === true ? [] : [2]),
      ),
  });
}

export function* binarySamples(
  make: SampleMaker,
  domain: SampleOptions,
  otherDomain: SampleOptions,
  scalars: readonly (number | boolean)[],
): Generator<{ self: TensorBase; other: Operand }> {
  yield { self: make.tensor([2, 3], domain), other: make.tensor([2, 3], otherDomain) };
  yield { self: make.tensor([2, 3], domain), other: make.tensor([3], otherDomain) };
  yield { self: make.tensor([2, 1], domain), other: make.tensor([1, 3], otherDomain) };
  yield { self: make.tensor([2, 3], domain), other: make.tensor([], otherDomain) };
  yield { self: make.tensor([], domain), other: make.tensor([], otherDomain) };
  yield { self: make.tensor([0, 3], domain), other: make.tensor([1, 3], otherDomain) };
  yield { self: make.strided([3, 2, 4], domain), other: make.strided([3, 2, 4], otherDomain) };
  yield { self: make.strided([3, 2], domain), other: make.tensor([3, 2], otherDomain) };
  for (const other of scalars) yield { self: make.tensor([4], domain), other };
}
