import { notAvailable, type OpenPeer } from "../peer.ts";
import { encodeOnnxModel } from "./onnx-model.ts";
import { onnxWorkload } from "./onnx-workloads.ts";
import { packageVersion, requirePackage } from "./installed-package.ts";

/** The part of onnxruntime-common that is used here; both builds have it. */
interface Onnxruntime {
  readonly env: { logLevel: string; readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (
    type: "float32",
    values: Float32Array,
    shape: readonly number[],
  ) => OrtTensor;
}

interface Session {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<{ readonly result: OrtTensor }>;
}

interface OrtTensor {
  readonly data: Float32Array;
}

/** ONNX Runtime over whole static graphs with every graph optimisation: native ("node") or WebAssembly ("web"). */
export const openOnnxruntime: OpenPeer = async ({ variant, threads, directory }) => {
  const name = `onnxruntime-${variant}`;
  // The published interface, of which Onnxruntime is a part.
  const ort = requirePackage(directory, name) as Onnxruntime;
  ort.env.logLevel = "error";
  if (variant === "web") ort.env.wasm.numThreads = threads;
  return {
    kind: "opened",
    version: packageVersion(directory, name),
    prepare: async (workload, operands) => {
      const model = onnxWorkload(workload, operands);
      if (model === null) return notAvailable("it has no gradients");
      const session = await ort.InferenceSession.create(encodeOnnxModel(model), {
        executionProviders: [variant === "web" ? "wasm" : "cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: "all",
        executionMode: "sequential",
      });
      const feeds = Object.fromEntries(
        Object.entries(operands)
          .filter(([, { role }]) => role === "input")
          .map(([key, { values, shape }]) => [key, new ort.Tensor("float32", values, shape)]),
      );
      let last: OrtTensor | null = null;
      return {
        kind: "prepared",
        run: async () => {
          last = (await session.run(feeds)).result;
        },
        result: () => last?.data ?? [],
      };
    },
  };
};
