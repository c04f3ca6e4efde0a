import type { Backend } from "./backend.ts";
import { javascriptBackend } from "./javascript/javascript-backend.ts";
import { resetFinishKernels } from "./templates/contraction/finish-contraction.ts";
import {
  multiplyInWebAssembly,
  takesContraction,
} from "./templates/contraction/multiply-in-webassembly.ts";

/** Loops in JavaScript; large contractions by the template's WebAssembly where that can be used. */
export const defaultBackend: Backend = {
  name: "javascript",
  run: javascriptBackend.run,
  runTemplate: (launch) => {
    if (takesContraction(launch)) multiplyInWebAssembly(launch, javascriptBackend.run);
    else javascriptBackend.runTemplate(launch);
  },
  reset: () => {
    javascriptBackend.reset();
    resetFinishKernels();
  },
};
