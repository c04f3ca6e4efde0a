/** The eager part of the public surface under one name, as the public entry gives it. */
import * as functions from "../../src/api/functions.ts";
import * as linalg from "../../src/api/linalg.ts";
import * as metadata from "../../src/api/metadata-functions.ts";
import * as functional from "../../src/api/nn-functional.ts";
import * as random from "../../src/api/random.ts";
import * as testing from "../../src/api/testing.ts";
import { dtypes } from "../../src/core/dtype.ts";

export const torch = {
  ...functions,
  ...metadata,
  ...random,
  linalg,
  nn: { functional },
  testing,
  ...dtypes,
};
