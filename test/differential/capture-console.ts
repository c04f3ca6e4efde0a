import { stripVTControlCharacters } from "node:util";

/**
 * Records what a program prints. The streams behind `console` are intercepted, not its methods: `console.log` must
 * keep its identity, because `reorderable_logging_functions` and the front end recognise it by identity.
 */
export function captureConsole<Result>(run: (lines: readonly string[]) => Result): Result {
  const lines: string[] = [];
  const restores = [intercept("_stdout", "log", lines), intercept("_stderr", "warn", lines)];
  try {
    return run(lines);
  } finally {
    for (const restore of restores) restore();
  }
}

interface Writable {
  write(chunk: unknown, ...rest: unknown[]): boolean;
}

function intercept(field: "_stdout" | "_stderr", label: string, lines: string[]): () => void {
  const stream = consoleStream(field);
  const hadOwnWrite = Object.hasOwn(stream, "write");
  const previous = stream.write;
  stream.write = (chunk, ...rest) => {
    // Whether a console colours what it prints depends on where the tests run.
    const text = stripVTControlCharacters(String(chunk)).replace(/\n$/, "");
    lines.push(`${label}: ${text}`);
    const callback = rest.at(-1);
    if (typeof callback === "function") callback();
    return true;
  };
  return () => {
    if (hadOwnWrite) stream.write = previous;
    else Reflect.deleteProperty(stream, "write");
  };
}

/** Node's `Console` (and the one a test runner puts in its place) keeps its two streams in these fields. */
function consoleStream(field: "_stdout" | "_stderr"): Writable {
  const stream: unknown = Reflect.get(console, field);
  if (isWritable(stream)) return stream;
  return field === "_stdout" ? process.stdout : process.stderr;
}

function isWritable(value: unknown): value is Writable {
  return (
    typeof value === "object" &&
    value !== null &&
    "write" in value &&
    typeof value.write === "function"
  );
}
