// Bundles src into dist: one CommonJS file per entry, each parser a chunk of its
// own that `src/parsers/load.ts` requires when a file of its language is met,
// PostgreSQL's grammar beside them, declarations for both module systems.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyModules } from './lazy-modules.mjs';
import { pythonGrammar } from './python-grammar.mjs';

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Loaded by nothing but `require` at run time. */
const CHUNKS = {
  sql: 'src/parsers/sql/index.ts',
  javascript: 'src/parsers/javascript/index.ts',
  python: 'src/parsers/python/index.ts',
};

/** The SQL engine for where WebAssembly is missing: a chunk that nearly no process loads. */
const FALLBACK = { 'pgsql-ast-parser': 'pgsql-ast-parser' };

const ENTRIES = { cli: 'src/cli.ts', index: 'src/index.ts' };

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const DEFINE = { 'import.meta.url': 'importMetaUrl', MIGRATION_GUARD_VERSION: JSON.stringify(version) };

const bundle = {
  absWorkingDir: root,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  metafile: true,
  plugins: [pythonGrammar, lazyModules(DEFINE)],
  // CommonJS has no import.meta; createRequire and fileURLToPath want a URL.
  banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
  define: DEFINE,
  logLevel: 'warning',
};

const results = await Promise.all([
  build({ ...bundle, entryPoints: { ...ENTRIES, ...FALLBACK } }),
  // What requires a chunk wants the parser itself, and ESLint the plugin, not a module that holds it.
  ...Object.entries(CHUNKS).map(([name, entry]) => single(name, entry, `${name}Chunk`)),
  single('eslint', 'src/eslint/index.ts', 'default'),
  // jsonc-parser's CommonJS requires its parts by names that no bundler can follow.
  build({ ...bundle, entryPoints: { init: 'src/init/index.ts' }, mainFields: ['module', 'main'] }),
  // The client of PostgreSQL looks for two packages that it does without.
  build({ ...bundle, entryPoints: { rehearse: 'src/rehearse/index.ts' }, external: ['pg-native', 'pg-cloudflare'] }),
]);

const inputs = results.flatMap((result) => Object.keys(result.metafile.inputs));
for (const [name, output] of results.flatMap((result) => Object.entries(result.metafile.outputs))) keepChunksApart(name, output);

writeFileSync(join(dist, 'libpg-query.wasm'), withLessMemory(readFileSync(require.resolve('libpg-query/wasm/libpg-query.wasm'))));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences(inputs));
writeModules();
writeDeclarations();

/**
 * The grammar asks for 128 MiB before it reads a word. It touches a few of them,
 * but V8 counts them all and collects garbage at once, on every core it has. Its
 * stack and data end at 33 MiB, and beyond what is given here memory grows.
 */
function withLessMemory(wasm) {
  // Section 5, 7 bytes, one memory with a maximum: 2048 pages at first, 16384 at most.
  const memory = Buffer.from([5, 7, 1, 1, 0x80, 0x10, 0x80, 0x80, 0x01]);
  const at = wasm.indexOf(memory);
  if (at === -1 || wasm.indexOf(memory, at + 1) !== -1) throw new Error('libpg-query.wasm: its memory is not declared where it was');
  // 640 pages, 40 MiB.
  Buffer.from([0x80, 0x05]).copy(wasm, at + 4);
  return wasm;
}

/** A bundle whose `module.exports` is one export of its entry. */
function single(name, entry, exported) {
  return build({ ...bundle, entryPoints: { [name]: entry }, footer: { js: `module.exports=module.exports.${exported};` } });
}

/** A parser inside another bundle would be loaded whatever the files at hand are. */
function keepChunksApart(name, { inputs: bundled }) {
  const own = Object.entries(CHUNKS).find(([chunk]) => name === `dist/${chunk}.cjs`)?.[1];
  for (const entry of Object.values(CHUNKS)) {
    if (entry !== own && entry in bundled) throw new Error(`${name} bundles ${entry}, which must stay a chunk of its own`);
  }
}

/** The CommonJS files are the implementation; ESM sees the same instance through a wrapper. */
function writeModules() {
  const names = Object.keys(require(join(dist, 'index.cjs'))).sort();
  writeFileSync(join(dist, 'index.js'), `import library from './index.cjs';\nexport const { ${names.join(', ')} } = library;\n`);
  writeFileSync(join(dist, 'eslint.js'), "import plugin from './eslint.cjs';\nexport default plugin;\n");
}

/** There are two copies: a declaration is ESM or CommonJS by the package.json above it. */
function writeDeclarations() {
  const types = join(dist, 'types');
  const compiler = [require.resolve('typescript/bin/tsc'), '--project', 'tsconfig.build.json', '--outDir', types];
  const { status } = spawnSync(process.execPath, compiler, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  const emitted = readdirSync(types);
  for (const name of emitted) cpSync(join(types, name), join(types, 'cjs', name), { recursive: true });
  writeFileSync(join(types, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(join(types, 'index.d.cts'), "export * from './cjs/index.js';\n");
  writeFileSync(join(types, 'eslint.d.ts'), "export { default } from './eslint/index.js';\n");
  writeFileSync(join(types, 'eslint.d.cts'), "import plugin = require('./cjs/eslint/index.js');\nexport = plugin.default;\n");
}

/** The licence texts of every package that is part of a bundle. */
function licences(files) {
  const packages = new Set(files.map((file) => /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[0]).filter(Boolean));
  return [...packages].sort().map(licenceOf).join('\n');
}

function licenceOf(folder) {
  const { name, version: installed, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const text = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE'].flatMap((file) => {
    try {
      return [readFileSync(join(root, folder, file), 'utf8').trim()];
    } catch {
      return [];
    }
  })[0];
  return `${name} ${installed} (${license})\n\n${text ?? ''}\n\n---\n`;
}
