import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';
import type { Seen } from './seen.js';

/** What a literal type says a value is. */
export type Constant = string | number | boolean;

/** A file's place, in the terms of the disk; `start` and `end` are offsets of an expression in its text. */
export interface Expression {
  absolute: string;
  text: string;
  start: number;
  end: number;
}

/** Reads what belongs to an npm package: only the fields that say where a name leads. */
interface Manifest {
  name?: string;
  workspaces?: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const MISSING =
  'Some values are written where only TypeScript finds them (path mapping, package exports) and are left unknown: add typescript 5 or 6 to the project';

/**
 * What the TypeScript compiler knows of a project: where a name leads that is
 * not a relative path, and values that only their types tell. The compiler is
 * the project's own, or whichever this package finds, and is loaded when the
 * first such question comes; nothing below `node_modules` is ever read.
 */
export class TypeScriptProject {
  readonly #root: string;
  /** Undefined before the first question, null when there is no compiler. */
  #compiler: typeof ts | null | undefined;
  #notice: string | null = null;
  readonly #manifests = new Map<string, Manifest | null>();
  readonly #places = new Map<string, boolean>();
  readonly #options = new Map<string, ts.CompilerOptions>();
  readonly #resolved = new Map<string, string | null>();
  readonly #files = new Map<string, ts.SourceFile | undefined>();
  #program: ts.Program | undefined;

  /** `load` gives the compiler that a file at a place would get, or null; `seen` is told what was looked at. */
  constructor(
    root: string,
    private readonly load: (place: string) => typeof ts | null = compilerFrom,
    private readonly seen?: Seen,
  ) {
    this.#root = root;
  }

  /** True once a question could not be answered without the compiler. */
  get isLoaded(): boolean {
    return this.#compiler !== undefined;
  }

  /** What the reader of the report must know, once. */
  takeNotice(): string | null {
    const notice = this.#notice;
    this.#notice = null;
    return notice;
  }

  /** The file of the project that a name that is no relative path leads to, or null. */
  resolve(from: string, specifier: string): string | null {
    const folder = dirname(from);
    const key = `${folder}\0${specifier}`;
    let found = this.#resolved.get(key);
    if (found === undefined) {
      found = this.#mayLeadHome(folder, specifier) ? this.#ask(from, specifier) : null;
      this.#resolved.set(key, found);
    }
    return found;
  }

  /** The one value that an expression's type allows, or undefined. */
  constant({ absolute, text, start, end }: Expression): Constant | undefined {
    const compiler = this.#load();
    if (compiler === null) return undefined;
    let program = this.#program;
    let file = program?.getSourceFile(absolute);
    if (program === undefined || file?.text !== text) {
      this.#files.set(absolute, compiler.createSourceFile(absolute, text, compiler.ScriptTarget.Latest, true));
      program = this.#programOf(compiler, absolute);
      this.#program = program;
      file = program.getSourceFile(absolute);
    }
    const node = file === undefined ? undefined : expressionAt(compiler, file, start, end);
    return node === undefined ? undefined : literalOf(program.getTypeChecker(), node);
  }

  #ask(from: string, specifier: string): string | null {
    const compiler = this.#load();
    if (compiler === null) return null;
    const { resolvedModule } = compiler.resolveModuleName(specifier, from, this.#optionsFor(compiler, dirname(from)), this.#system(compiler));
    return ownFile(resolvedModule?.resolvedFileName);
  }

  #load(): typeof ts | null {
    if (this.#compiler !== undefined) return this.#compiler;
    this.#noteCompilers();
    this.#compiler = this.load(join(this.#root, 'package.json')) ?? this.load(import.meta.url);
    if (this.#compiler === null) this.#notice = MISSING;
    return this.#compiler;
  }

  /** Where the compiler is looked for: one that is installed later may give other answers. */
  #noteCompilers(): void {
    if (this.seen === undefined) return;
    for (const from of [this.#root, dirname(fileURLToPath(import.meta.url))]) {
      for (let folder = from; ; folder = dirname(folder)) {
        this.seen.note(join(folder, 'node_modules', 'typescript', 'package.json'));
        if (folder === dirname(folder)) break;
      }
    }
  }

  /**
   * Whether a name can mean a file of this project at all, as far as can be told
   * without the compiler: a package that is declared or installed never does,
   * unless it is a workspace of the same project.
   */
  #mayLeadHome(folder: string, specifier: string): boolean {
    if (isBuiltin(specifier)) return false;
    if (specifier.startsWith('#')) return true;
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    let isConfigured = false;
    for (let at = folder; ; at = dirname(at)) {
      const isOwn = this.#ownsPackage(at, name);
      if (isOwn !== null) return isOwn;
      isConfigured ||= this.#configIn(at) !== undefined;
      if (at === this.#root || at === dirname(at)) return isConfigured;
    }
  }

  /** Whether a folder's manifest or `node_modules` makes a package one of the project's own; null when they do not know it. */
  #ownsPackage(folder: string, name: string): boolean | null {
    const manifest = this.#manifest(folder);
    if (manifest?.name === name) return true;
    const declared = versionOf(manifest, name);
    if (declared === undefined && !this.#exists(join(folder, 'node_modules', name))) return null;
    return /^(?:workspace|file|link|portal):/.test(declared ?? '') || isLinked(folder, name);
  }

  #configIn(folder: string): string | undefined {
    return ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name)).find((path) => this.#exists(path));
  }

  #manifest(folder: string): Manifest | null {
    let manifest = this.#manifests.get(folder);
    if (manifest === undefined) {
      this.seen?.note(join(folder, 'package.json'));
      manifest = manifestIn(folder);
      this.#manifests.set(folder, manifest);
    }
    return manifest;
  }

  #exists(path: string): boolean {
    let exists = this.#places.get(path);
    if (exists === undefined) {
      this.seen?.note(path);
      this.#places.set(path, (exists = existsSync(path)));
    }
    return exists;
  }

  /** The disk as the compiler asks it. */
  #system(compiler: typeof ts): ts.System {
    const { seen } = this;
    const { sys } = compiler;
    if (seen === undefined) return sys;
    const noting =
      <T, Rest extends unknown[]>(ask: (path: string, ...rest: Rest) => T) =>
      (path: string, ...rest: Rest): T => {
        seen.note(path);
        return ask(path, ...rest);
      };
    return {
      ...sys,
      fileExists: noting((path) => sys.fileExists(path)),
      directoryExists: noting((path) => sys.directoryExists(path)),
      readFile: noting((path, encoding?: string) => sys.readFile(path, encoding)),
    };
  }

  #optionsFor(compiler: typeof ts, folder: string): ts.CompilerOptions {
    let options = this.#options.get(folder);
    if (options === undefined) {
      options = { ...readOptions(compiler, this.#system(compiler), this.#configAbove(folder)), ...FIXED };
      this.#options.set(folder, options);
    }
    return options;
  }

  #configAbove(folder: string): string | undefined {
    for (let at = folder; ; at = dirname(at)) {
      const found = this.#configIn(at);
      if (found !== undefined || at === this.#root || at === dirname(at)) return found;
    }
  }

  /** One program for the run: files it has seen are parsed once, and the next program begins where the last ended. */
  #programOf(compiler: typeof ts, absolute: string): ts.Program {
    const options = this.#optionsFor(compiler, dirname(absolute));
    const standard = compiler.createCompilerHost(options, true);
    const host: ts.CompilerHost = {
      ...standard,
      getSourceFile: (path, language) => {
        if (!this.#files.has(path)) {
          this.seen?.note(path);
          this.#files.set(path, standard.getSourceFile(path, language));
        }
        return this.#files.get(path);
      },
      resolveModuleNameLiterals: (names, containing) =>
        names.map(({ text }) => {
          const resolvedFileName = text.startsWith('.') ? this.#ask(containing, text) : this.resolve(containing, text);
          return { resolvedModule: resolvedFileName === null ? undefined : { resolvedFileName, extension: extensionOf(compiler, resolvedFileName) } };
        }),
    };
    return compiler.createProgram({ rootNames: [absolute], options, host, ...(this.#program !== undefined && { oldProgram: this.#program }) });
  }
}

/** No library and no types of packages: a literal's type needs neither, and both cost more than all the rest. */
const FIXED: ts.CompilerOptions = { noLib: true, types: [], allowJs: true, checkJs: false, noEmit: true, strict: true, resolveJsonModule: true };

function compilerFrom(place: string): typeof ts | null {
  try {
    const found = createRequire(place)('typescript') as Partial<typeof ts>;
    // Later versions are a program, without these functions.
    return typeof found.resolveModuleName === 'function' && typeof found.createProgram === 'function' ? (found as typeof ts) : null;
  } catch {
    return null;
  }
}

function readOptions(compiler: typeof ts, system: ts.System, config: string | undefined): ts.CompilerOptions {
  const bundler: ts.CompilerOptions = { module: compiler.ModuleKind.ESNext, moduleResolution: compiler.ModuleResolutionKind.Bundler };
  if (config === undefined) return bundler;
  const { config: json, error } = compiler.readConfigFile(config, (path) => system.readFile(path));
  if (error !== undefined && json === undefined) return bundler;
  // Which files belong to the project is of no interest, so that no folder is searched.
  const host: ts.ParseConfigHost = { ...system, readDirectory: () => [] };
  const { options } = compiler.parseJsonConfigFileContent(json, host, dirname(config), undefined, config);
  // What is left to defaults depends on the version and may not know package exports.
  return options.moduleResolution === undefined && options.module === undefined ? { ...options, ...bundler } : options;
}

function manifestIn(folder: string): Manifest | null {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof read === 'object' && read !== null ? read : null;
  } catch {
    return null;
  }
}

function versionOf(manifest: Manifest | null, name: string): string | undefined {
  if (manifest === null) return undefined;
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifest;
  return [dependencies, devDependencies, peerDependencies, optionalDependencies].map((versions) => versions?.[name]).find((version) => version !== undefined);
}

/** Workspaces stand in `node_modules` as links to where they are written. */
function isLinked(folder: string, name: string): boolean {
  try {
    return !/[\\/]node_modules[\\/]/.test(realpathSync(join(folder, 'node_modules', name)));
  } catch {
    return false;
  }
}

function ownFile(path: string | undefined): string | null {
  if (path === undefined) return null;
  return /[\\/]node_modules[\\/]/.test(path) ? null : path;
}

function extensionOf(compiler: typeof ts, path: string): string {
  const { Extension } = compiler;
  return [Extension.Dts, Extension.Dmts, Extension.Dcts].find((one) => path.endsWith(one)) ?? path.slice(path.lastIndexOf('.'));
}

function expressionAt(compiler: typeof ts, file: ts.SourceFile, start: number, end: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (node.end < end || node.getStart(file) > start) return;
    if (node.end === end && node.getStart(file) === start) found = node;
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function literalOf(checker: ts.TypeChecker, node: ts.Node): Constant | undefined {
  const type = checker.getTypeAtLocation(node);
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  const printed = checker.typeToString(type);
  return printed === 'true' || printed === 'false' ? printed === 'true' : undefined;
}
