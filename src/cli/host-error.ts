// The host's own words for what went wrong with a file.

/** `No such file or directory` of node's `ENOENT: no such file or directory, open 'x'`. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const reason = /^[A-Z]+: ([^,]*)/.exec(text)?.[1] ?? text;
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
