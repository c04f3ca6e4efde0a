import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian and others put it; `CHROMIUM` names another one. null: there is none. */
export const chromium: string | null =
  [
    process.env["CHROMIUM"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ].find((path) => path !== undefined && existsSync(path)) ?? null;

export interface PageOptions {
  /** Files by their path; what they contain. */
  readonly files: ReadonlyMap<string, string>;
  /** A module that calls `report(value)` once, with something that JSON can hold. */
  readonly script: string;
  /** Serve with the headers that allow shared memory. */
  readonly isolated: boolean;
}

const patienceMilliseconds = 60_000;

/** Opens a page in a browser of its own and gives what its script reports. */
export async function reportOfPage(browser: string, options: PageOptions): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), "fullgraph-chromium-"));
  let child: ChildProcess | null = null;
  let server: Server | null = null;
  try {
    return await new Promise((resolve, reject) => {
      const started = serve(options, resolve);
      server = started;
      started.listen(0, "127.0.0.1", () => {
        // A server that listens on a port has an address with that port.
        const { port } = started.address() as AddressInfo;
        child = open(browser, profile, `http://127.0.0.1:${port}/`);
        child.on("error", reject);
        child.on("exit", (code) => reject(new Error(`${browser} ended with ${code}`)));
      });
      setTimeout(
        () => reject(new Error("the page reported nothing")),
        patienceMilliseconds,
      ).unref();
    });
  } finally {
    await ended(child);
    (server as Server | null)?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 30, retryDelay: 20 });
  }
}

function open(browser: string, profile: string, url: string): ChildProcess {
  const flags = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    `--user-data-dir=${profile}`,
  ];
  return spawn(browser, [...flags, url], { stdio: "ignore", detached: true });
}

async function ended(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  // The whole group: processes that outlive the first one would go on writing into the profile.
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await exit;
}

function serve(
  { files, script, isolated }: PageOptions,
  onReport: (value: unknown) => void,
): Server {
  const page = `<!doctype html><meta charset="utf-8"><script type="module">
const report = (value) => fetch("/report", { method: "POST", body: JSON.stringify(value) });
addEventListener("error", ({ message }) => report({ error: message }));
addEventListener("unhandledrejection", ({ reason }) => report({ error: String(reason?.stack ?? reason) }));
${script}
</script>`;
  const isolation = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
  return createServer((request, response) => {
    const path = request.url ?? "/";
    if (path === "/report") {
      void bodyOf(request).then((text) => onReport(JSON.parse(text)));
      response.end();
      return;
    }
    const content = path === "/" ? page : files.get(path);
    const type = path === "/" ? "text/html" : "text/javascript";
    response.writeHead(content === undefined ? 404 : 200, {
      "Content-Type": type,
      ...(isolated ? isolation : {}),
    });
    response.end(content);
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
