/** A file as users read it: relative to the working directory where it lies below it, absolute otherwise. */
export function relativePath(file: string): string {
  const path = file.startsWith("file://") ? decodeURIComponent(new URL(file).pathname) : file;
  const directory = workingDirectory();
  return directory !== null && path.startsWith(directory) ? path.slice(directory.length) : path;
}

// With the final separator, so that `/home/me` does not count as a parent of `/home/me-too`.
function workingDirectory(): string | null {
  if (typeof process === "undefined" || typeof process.cwd !== "function") return null;
  const directory = process.cwd();
  return directory.endsWith("/") ? directory : `${directory}/`;
}
