// Path arithmetic on text: absolute paths with `/`, whatever the host uses.

/** Absolute and without `.`, `..` and double slashes; links are not looked at. */
export function normalize(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return `/${names.join('/')}`;
}

/** `path` seen from `cwd`, not normalised: `..` has to follow links first. A slash at the end stays. */
export const absolute = (cwd: string, path: string): string =>
  path.startsWith('/') ? path : cwd === '/' ? `/${path}` : `${cwd}/${path}`;

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** '' if there is no slash, '/' for a file of the root. */
export function directoryName(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? path.slice(0, slash + 1) : path.slice(0, slash);
}
