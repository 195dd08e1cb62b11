// Makes every import of src lazy: a module runs when something of it is used
// first, not when the bundle is loaded. What one small file needs is a fifth of
// the modules, and V8 keeps (and reads back) compiled code only of what ran.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const src = join(root, 'src') + sep;
const LAZY = 'lazy';

/** The first line that is the module's own; what stands before it is esbuild's. */
const OWN = /^var stdin_exports = \{\};\n/m;
const EXPORTS = /^__export\(stdin_exports, \{\n([^]*?)\n\}\);\n/m;
const EXPORTED = /^ {2}("?)([^":]+)\1: \(\) => (.+?),?$/gm;
const IMPORT = /^var (import_\w+) = (__toESM\()?require\(("[^"]+")\)(?:, \d)?\)?;\n/gm;
const BARE_IMPORT = /^require\(/m;

/** @returns {import('esbuild').Plugin} */
export function lazyModules(define) {
  return {
    name: 'lazy-modules',
    setup({ onLoad, onResolve }) {
      // A namespace of their own: where package.json says "module", esbuild takes no CommonJS.
      onResolve({ filter: /^\.{0,2}\/?.*\.[jt]s$/ }, ({ path, resolveDir, kind }) => {
        if (kind !== 'entry-point' && !path.startsWith('.')) return undefined;
        const file = join(kind === 'entry-point' ? root : resolveDir, path.replace(/\.js$/, '.ts'));
        return file.startsWith(src) && existsSync(file) ? { path: file, namespace: LAZY } : undefined;
      });
      onLoad({ filter: /./, namespace: LAZY }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const { code } = await transform(source, { format: 'cjs', loader: 'ts', target: 'node20.19', define });
        return { contents: lazily(code, path), loader: 'js', resolveDir: dirname(path) };
      });
    },
  };
}

function lazily(code, path) {
  const start = OWN.exec(code);
  const prelude = start === null ? '' : code.slice(0, start.index);
  let body = start === null ? code : code.slice(start.index + start[0].length);
  if (BARE_IMPORT.test(body)) throw new Error(`${path}: an import for its effects alone has no first use`);

  const exported = EXPORTS.exec(body);
  body = body.replace(EXPORTS, '').replace(/^module\.exports = __toCommonJS\(stdin_exports\);\n/m, '');
  // esbuild's hint for Node's own importer of CommonJS: nobody imports a module out of a bundle.
  body = body.replace(/^\/\/ Annotate the CommonJS export names[^]*$/m, '');

  let interop = false;
  const lines = [];
  const names = [];
  body = body.replace(IMPORT, (_line, name, wrapped, specifier) => {
    const ours = specifier.startsWith('".');
    if (wrapped !== undefined && !ours) interop = true;
    const required = wrapped !== undefined && !ours ? `__toESM(require(${specifier}))` : `require(${specifier})`;
    lines.push(`let ${name}$;\nconst ${name} = () => ${name}$ ??= ${required};\n`);
    names.push(name);
    return '';
  });
  for (const name of names) body = body.replace(new RegExp(`\\b${name}\\b(?=[.;,)])`, 'g'), `(${name}())`);

  const { before, after } = exportsOf(exported?.[1] ?? '', body, names);
  return [interop ? prelude : '', before, ...lines, body, after].join('');
}

/** Functions can be had before the module has run to its end, as in ESM; whatever is passed on is asked for when it is wanted. */
function exportsOf(list, body, names) {
  let before = '';
  let after = '';
  for (const [, , name, value] of list.matchAll(EXPORTED)) {
    const key = JSON.stringify(name);
    if (!/^[\w$]+$/.test(value)) {
      const asked = names.reduce((text, one) => text.replace(new RegExp(`\\b${one}\\b`), `(${one}())`), value);
      before += `Object.defineProperty(exports, ${key}, { enumerable: true, get: () => ${asked} });\n`;
    } else if (new RegExp(`^(?:async )?function\\*? ${value.replaceAll('$', '\\$')}\\(`, 'm').test(body)) {
      before += `exports[${key}] = ${value};\n`;
    } else {
      after += `exports[${key}] = ${value};\n`;
    }
  }
  return { before, after };
}
