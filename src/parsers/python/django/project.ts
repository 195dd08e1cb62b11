import type { Host, Source } from '../../parser.js';
import { Interpreter } from '../evaluate/interpreter.js';
import { Scope } from '../evaluate/scope.js';
import { booleanOf, stringOf, type ClassValue, type Value } from '../evaluate/value.js';
import { readModule } from '../syntax/module.js';
import type { Module } from '../syntax/nodes.js';
import { DjangoLibrary } from './library.js';
import { DEFAULT_SETTINGS, ProjectState, type Settings } from './state.js';
import { stateAfter } from './plan.js';

/** A migration file, evaluated and not yet turned into statements. */
export interface MigrationFile {
  source: Source;
  app: string;
  name: string;
  module: Module;
  scope: Scope;
  interpreter: Interpreter;
  library: DjangoLibrary;
  operations: Value[];
  /** `app.name` of the migrations that must run before. */
  dependencies: string[];
  /** AUTH_USER_MODEL stands among them. */
  swappable: boolean;
  replaces: string[];
  atomic: boolean;
  /** The list could not be followed to its end. */
  open: boolean;
}

/** Evaluates a file; null when no class `Migration` stands in it. */
export function readMigrationFile(source: Source, host: Host, app: string): MigrationFile | null {
  const module = readModule(source.text);
  const library = new DjangoLibrary();
  const interpreter = new Interpreter(source, library, host);
  const scope = new Scope(source);
  interpreter.run(module.statements, scope);
  const value = scope.get('Migration');
  if (value?.type !== 'class') return null;
  const operations = value.members.get('operations');
  const dependencies = itemsOf(value, 'dependencies');
  return {
    source,
    app,
    name: source.path.slice(source.path.lastIndexOf('/') + 1).replace(/\.py$/, ''),
    module,
    scope,
    interpreter,
    library,
    operations: operations?.type === 'sequence' ? operations.items : [],
    dependencies: dependencies.flatMap(nodeOf).map((node) => node.replace(/\.__(?:first|latest)__$/, '.0001_initial')),
    swappable: dependencies.some((item) => item.type === 'call'),
    replaces: itemsOf(value, 'replaces').flatMap(nodeOf),
    atomic: booleanOf(value.members.get('atomic')) !== false,
    open: operations !== undefined && (operations.type !== 'sequence' || operations.open === true),
  };
}

function itemsOf(value: ClassValue, name: string): Value[] {
  const member = value.members.get(name);
  return member?.type === 'sequence' ? member.items : [];
}

/** `("app", "0001_initial")`. */
function nodeOf(value: Value): string[] {
  const names = value.type === 'sequence' ? value.items.map((item) => stringOf(item)) : [];
  return names.length === 2 && !names.includes(null) ? [names.join('.')] : [];
}

/**
 * What the earlier migrations of a project leave behind. A host stands for one
 * look at the project: each of its files is read once.
 */
export class ProjectHistory {
  readonly #files = new Map<string, MigrationFile | null>();
  readonly #states = new Map<string, ProjectState>();
  readonly #settings = new Map<string, Settings>();

  constructor(readonly host: Host) {}

  /** The project before the first operation of `file`. */
  before(file: MigrationFile): ProjectState {
    const settings = this.#settingsFor(file);
    // Explicit, because a chain of hundreds of migrations is deeper than the stack may be.
    const stack = this.#parents(file, settings);
    const entered = new Set<string>();
    while (stack.length > 0) {
      const node = stack.at(-1) as string;
      const found = this.#states.has(node) ? null : this.#find(file, node);
      const missing = found === null || entered.has(node) ? [] : this.#parents(found, settings).filter((each) => !this.#states.has(each) && !entered.has(each));
      entered.add(node);
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (found !== null) this.#states.set(node, stateAfter(found, this.#join(found, settings)));
    }
    return this.#join(file, settings);
  }

  /** A swappable dependency stands for the first migration of the app that has the user model. */
  #parents(file: MigrationFile, settings: Settings): string[] {
    const user = `${settings.userModel.split('.')[0] ?? ''}.0001_initial`;
    return file.swappable ? [...file.dependencies, user] : [...file.dependencies];
  }

  #join(file: MigrationFile, settings: Settings): ProjectState {
    return ProjectState.joined(this.#parents(file, settings).flatMap((node) => this.#states.get(node) ?? []), settings);
  }

  /** A migration of the same app stands beside; one of another app in the folder of that app. */
  #find(from: MigrationFile, node: string): MigrationFile | null {
    const known = this.#files.get(node);
    if (known !== undefined) return known;
    const [app = '', name = ''] = node.split('.');
    const places = app === from.app ? [`./${name}.py`] : [`../../${app}/migrations/${name}.py`, `../../../${app}/migrations/${name}.py`, `../../apps/${app}/migrations/${name}.py`];
    const source = places.map((place) => this.#ask(from.source.path, place)).find((found) => found !== null) ?? null;
    const file = source === null ? null : readMigrationFile(source, this.host, app);
    this.#files.set(node, file);
    return file;
  }

  #ask(from: string, place: string): Source | null {
    const found = this.host.sibling?.(from, place) ?? null;
    if (found !== null && found.text !== '') return found;
    if (!place.startsWith('./')) return null;
    return this.host.resolveImport?.(from, `.${place.slice(2).replace(/\.py$/, '')}`) ?? null;
  }

  /** The project's settings, found by the `manage.py` above the migration. */
  #settingsFor(file: MigrationFile): Settings {
    const folder = file.source.path.split('/').slice(0, -3).join('/');
    let settings = this.#settings.get(folder);
    if (settings === undefined) {
      settings = this.#readSettings(file.source.path);
      this.#settings.set(folder, settings);
    }
    return settings;
  }

  #readSettings(path: string): Settings {
    const depth = path.split('/').length;
    for (let up = 1; up <= Math.min(depth, 6); up++) {
      const module = /DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]+)['"]/.exec(this.host.sibling?.(path, `${'../'.repeat(up)}manage.py`)?.text ?? '')?.[1];
      if (module === undefined) continue;
      const base = `${'../'.repeat(up)}${module.replaceAll('.', '/')}`;
      const parent = base.slice(0, base.lastIndexOf('/'));
      const text = [`${base}.py`, `${base}/__init__.py`, `${parent}/base.py`, `${parent}/common.py`, `${base}/base.py`]
        .map((place) => this.host.sibling?.(path, place)?.text ?? '')
        .join('\n');
      const userModel = /^AUTH_USER_MODEL\s*(?::[^=\n]*)?=\s*['"]([\w.]+)['"]/m.exec(text)?.[1];
      const autoField = /^DEFAULT_AUTO_FIELD\s*(?::[^=\n]*)?=\s*['"][\w.]*?(\w+)['"]/m.exec(text)?.[1];
      return { userModel: userModel ?? DEFAULT_SETTINGS.userModel, autoField: autoField ?? DEFAULT_SETTINGS.autoField };
    }
    return DEFAULT_SETTINGS;
  }
}

const HISTORIES = new WeakMap<Host, ProjectHistory>();

export function historyOf(host: Host): ProjectHistory {
  let history = HISTORIES.get(host);
  if (history === undefined) {
    history = new ProjectHistory(host);
    HISTORIES.set(host, history);
  }
  return history;
}
