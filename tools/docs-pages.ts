import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { promisify } from "node:util";

/** Hand-written pages with places where a program, what it prints and what it logs are filled in. */
export const docsPages: readonly string[] = ["README.md", "docs/common-graph-breaks.md"];

/**
 * A place is a pair of comments; all between them is replaced:
 * `<!-- program: examples/a.ts --> … <!-- /program -->`. After the path may stand environment variables
 * (`TORCH_LOGS=recompiles`), and `run-only` when the page has shown the source before.
 */
const placePattern = /<!-- program: (?<request>.+?) -->\n[\s\S]*?<!-- \/program -->/g;

interface ProgramRun {
  readonly source: string;
  readonly printed: string;
  readonly logged: string;
}

/** The page's text with every program run anew. */
export async function renderDocsPage(page: string): Promise<string> {
  const text = readFileSync(page, "utf8");
  const places: { readonly match: RegExpExecArray; readonly replacement: string }[] = [];
  // One after the other: a program that has the processor for itself cannot depend on its neighbours.
  for (const match of text.matchAll(placePattern)) {
    places.push({ match, replacement: await renderPlace(page, match.groups?.["request"] ?? "") });
  }
  return places.reduceRight(
    (rest, { match, replacement }) =>
      rest.slice(0, match.index) + replacement + rest.slice(match.index + match[0].length),
    text,
  );
}

async function renderPlace(page: string, request: string): Promise<string> {
  const [path = "", ...words] = request.split(" ");
  const settings = words.filter((word) => word.includes("="));
  const logs = settings.find((word) => word.startsWith("TORCH_LOGS=")) ?? "TORCH_LOGS=graph_breaks";
  const extra = settings.filter((word) => word !== logs);
  const { source, printed, logged } = await runProgram(path, [logs, ...extra]);
  const link = posix.relative(posix.dirname(page), path);
  return [
    `<!-- program: ${request} -->`,
    ...(words.includes("run-only")
      ? []
      : [`[\`${path}\`](${link})`, "", ...fence("ts", source), ""]),
    `Printed${extra.length === 0 ? "" : ` with \`${extra.join(" ")}\``}:`,
    "",
    ...fence("text", printed),
    "",
    ...(logged === ""
      ? [`Nothing is logged under \`${logs}\`.`]
      : [`Logged under \`${logs}\`:`, "", ...fence("text", logged)]),
    "<!-- /program -->",
  ].join("\n");
}

async function runProgram(path: string, settings: readonly string[]): Promise<ProgramRun> {
  const environment: NodeJS.ProcessEnv = { NO_COLOR: "1" };
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(TORCH|FULLGRAPH|NODE_OPTIONS|FORCE_COLOR|VITEST|npm_)/.test(name))
      environment[name] = value;
  }
  for (const setting of settings) {
    const [name = "", value = ""] = setting.split("=");
    environment[name] = value;
  }
  const run = await promisify(execFile)(process.execPath, ["--import", "tsx", path], {
    env: environment,
  }).catch((error: unknown) => {
    throw new Error(`${path}, a program of a docs page, failed`, { cause: error });
  });
  return { source: readFileSync(path, "utf8"), printed: run.stdout, logged: run.stderr };
}

function fence(language: string, text: string): string[] {
  return ["```" + language, text.trimEnd(), "```"];
}
