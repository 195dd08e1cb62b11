'use strict';

/**
 * Keeps V8's compiled code of our own bundles beside them, so that the next run
 * starts without compiling: half of what a small file costs. It lies in the
 * package itself because whoever can write there can change the bundles too;
 * where that is nobody, or Node says NODE_DISABLE_COMPILE_CACHE, all runs compile.
 */
const { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { basename, dirname, join } = require('node:path');
const vm = require('node:vm');

const dist = join(__dirname, '..', 'dist');
const folder = join(dist, '.cache');

/** Scripts that ran without a cache, and the file each of them belongs into. */
const compiled = new Map();

/** V8's tag for code made under the flags that bundles are loaded under; undefined as long as nobody sets any. */
let tag;

/** Commands that load other parts than `check` does. */
const OTHER_COMMANDS = ['explain', 'init', 'inspect', 'plan', 'rehearse', 'rules', 'run', 'stats'];

/**
 * What a run compiles hangs on the command and on the language of its files, and
 * a cache made by another kind of run would leave the rest to be compiled again
 * each time.
 */
function kindOfRun([first = '', ...rest]) {
  const language = [first, ...rest].map((word) => /\.(sql|py|[cm]?[jt]s)$/.exec(word)?.[1].replace(/^[cm]/, '')).find(Boolean);
  // Any other word is a path: it must not fill the disk with a cache of its own.
  const command = OTHER_COMMANDS.includes(first) ? 'other' : 'check';
  return `${command}-${language ?? 'any'}`;
}

const kind = kindOfRun(process.argv.slice(2));

/** V8 tells one source from another by its length alone: the rest is for us to do. */
function cacheFile(filename, { mtimeMs, size }) {
  const stamp = `${Math.round(mtimeMs).toString(36)}-${size}`;
  return join(folder, `${basename(filename)}-${kind}-${process.version}-${process.arch}-${stamp}`);
}

const [BEFORE, AFTER] = Module.wrap('\0').split('\0').map((text) => Buffer.from(text, 'latin1'));

/**
 * A bundle in Node's wrapper, and where its cache lies. Our bundles are ASCII,
 * and read as such they are one flat string: joined to the wrapper as text they
 * would be copied twice more, and decoded as UTF-8 they come in small pieces.
 */
function wrapped(filename) {
  const descriptor = openSync(filename, 'r');
  try {
    const stats = fstatSync(descriptor);
    const bytes = Buffer.allocUnsafeSlow(BEFORE.length + stats.size + AFTER.length);
    BEFORE.copy(bytes);
    let end = BEFORE.length;
    while (end < BEFORE.length + stats.size) {
      const count = readSync(descriptor, bytes, end, BEFORE.length + stats.size - end, null);
      if (count === 0) break;
      end += count;
    }
    AFTER.copy(bytes, end);
    return { source: bytes.latin1Slice(0, end + AFTER.length), file: cacheFile(filename, stats) };
  } finally {
    closeSync(descriptor);
  }
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
  const { source, file } = wrapped(filename);
  // The grammar in it wants a flag, which is set next.
  if (basename(filename) === 'sql.cjs') tag = require('node:v8').cachedDataVersionTag();
  const cachedData = read(file);
  const script = new vm.Script(source, {
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
  return ['--no-liftoff-only', '--no-wasm-lazy-validation', '--wasm-dynamic-tiering', '--wasm-tier-up'].some((flag) => {
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
