import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Where the project begins: the checkout that `cwd` lies in, or `cwd` itself. */
export function rootOf(cwd: string): string {
  for (let folder = resolve(cwd); ; ) {
    if (existsSync(join(folder, '.git'))) return folder;
    const above = dirname(folder);
    if (above === folder) return resolve(cwd);
    folder = above;
  }
}

/** Relative to `root` with forward slashes; a file outside of it keeps its absolute path. */
export function pathFrom(root: string, absolute: string): string {
  const path = relative(root, absolute);
  const shown = path === '' || path.startsWith('..') || isAbsolute(path) ? absolute : path;
  return sep === '/' ? shown : shown.split(sep).join('/');
}
