'use strict';

/**
 * Keeps V8's compiled code of our own bundles beside them, so that the next run
 * starts without compiling: half of what a small file costs. It lies in the
 * package itself because whoever can write there can change the bundles too;
 * where that is nobody, or Node says NODE_DISABLE_COMPILE_CACHE, all runs compile.
 */
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { basename, dirname, join } = require('node:path');
const vm = require('node:vm');

const dist = join(__dirname, '..', 'dist');
const folder = join(dist, '.cache');

/** Scripts that ran without a cache, and the file each of them belongs into. */
const compiled = new Map();

/** V8's tag for code made under the flags that bundles are loaded under; undefined as long as nobody sets any. */
let tag;

/** V8 tells one source from another by its length alone: the rest is for us to do. */
function cacheFile(filename) {
  const { mtimeMs, size } = statSync(filename);
  return join(folder, `${basename(filename)}-${process.version}-${process.arch}-${Math.round(mtimeMs).toString(36)}-${size}`);
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function load(module, filename) {
  if (dirname(filename) !== dist) return Module._extensions['.js'](module, filename);
  const file = cacheFile(filename);
  // The grammar in it wants a flag, which is set next.
  if (basename(filename) === 'sql.cjs') tag = require('node:v8').cachedDataVersionTag();
  const cachedData = read(file);
  const script = new vm.Script(Module.wrap(readFileSync(filename, 'utf8')), {
    filename,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) compiled.set(file, script);
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, Module.createRequire(filename), module, filename, dist);
}

/**
 * V8 takes only code that was made under the flags in force, and the next run
 * sets its flag as late as this one did. Taking a flag back leaves what it
 * implied, and older versions know implications that newer ones complain about.
 */
function sameFlagsAgain() {
  if (tag === undefined) return true;
  const v8 = require('node:v8');
  return ['--no-liftoff-only', '--wasm-dynamic-tiering', '--wasm-tier-up'].some((flag) => {
    v8.setFlagsFromString(flag);
    return v8.cachedDataVersionTag() === tag;
  });
}

/** In seconds: a run on some few files. */
const SHORT_RUN = 2;

/** At the end, when all that this run needed has been compiled. */
function save() {
  // A long run has compiled what a short one would load for nothing.
  if (compiled.size === 0 || process.uptime() > SHORT_RUN) return;
  if (!sameFlagsAgain()) return;
  try {
    mkdirSync(folder, { recursive: true });
    for (const [file, script] of compiled) {
      const unfinished = `${file}.${process.pid}`;
      writeFileSync(unfinished, script.createCachedData());
      renameSync(unfinished, file);
    }
  } catch {
    // Nobody may write here.
  }
}

const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env;
if (!NODE_DISABLE_COMPILE_CACHE && !NODE_V8_COVERAGE && vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER !== undefined) {
  Module._extensions['.cjs'] = load;
  process.once('exit', save);
}
