import { digest } from '../../../digest.js';
import type { Constraint, OperationDraft, QualifiedName } from '../../../operations/types.js';
import type { Host, Source } from '../../parser.js';
import { Interpreter, type Library } from '../evaluate/interpreter.js';
import { ModuleScope } from '../evaluate/module-scope.js';
import { resolveSymbol } from '../evaluate/modules.js';
import { nameOf, stringOf, type Value } from '../evaluate/value.js';
import { readModule } from '../syntax/module.js';
import { environmentSource } from './environment.js';

/** `naming_convention` of a MetaData: a template for each kind of name. */
export type Naming = ReadonlyMap<string, string>;

/** Nothing of a library is followed in `env.py`: its objects stay what they are called. */
const SYMBOLIC: Library = {
  call: () => undefined,
  attribute: () => undefined,
  enter: () => undefined,
  star: () => undefined,
  broken: () => undefined,
  defined: () => undefined,
};

const known = new WeakMap<Source, { host: Host; naming: Naming | null }>();

/** How the project's `target_metadata` names what revisions leave nameless; null where that is not known. */
export function namingOf(path: string, host: Host): Naming | null {
  const source = environmentSource(path, host);
  if (source === null || !/\btarget_metadata\b/.test(source.text)) return null;
  const before = known.get(source);
  if (before?.host === host) return before.naming;
  const naming = readNaming(source, host);
  known.set(source, { host, naming });
  return naming;
}

function readNaming(source: Source, host: Host): Naming | null {
  const interpreter = new Interpreter(source, SYMBOLIC, host);
  const scope = new ModuleScope(source, readModule(source.text), (statements, inner) => void interpreter.run(statements, inner));
  const metadata = metadataOf(scope.get('target_metadata'), interpreter);
  const convention = metadata?.type === 'call' ? metadata.keywords.get('naming_convention')?.value : undefined;
  if (convention?.type !== 'dictionary') return null;
  const entries = convention.entries.flatMap(({ key, value }): [string, string][] => {
    const [kind, template] = [stringOf(key), stringOf(value)];
    return kind === null || template === null ? [] : [[kind, template]];
  });
  return entries.length === 0 ? null : new Map(entries);
}

/** `MetaData(…)` behind `Base.metadata`, `db.metadata` and the like. */
function metadataOf(value: Value | undefined, interpreter: Interpreter, depth = 0): Value | undefined {
  if (value === undefined || depth > 6) return undefined;
  const again = (inner: Value | undefined): Value | undefined => metadataOf(inner, interpreter, depth + 1);
  switch (value.type) {
    case 'symbol': {
      const resolved = resolveSymbol(value, interpreter);
      return resolved === value ? againWithin(value.path, interpreter, again) : again(resolved);
    }
    case 'sequence':
      return again(value.items[0]);
    case 'attribute':
      return value.name === 'metadata' ? again(value.object) : undefined;
    case 'class':
      return again(value.members.get('metadata') ?? value.bases[0]);
    case 'call':
      return nameOf(value.callee) === 'MetaData' ? value : again(value.keywords.get('metadata')?.value);
    default:
      return undefined;
  }
}

/** `app.models.Base.metadata`, of which the module ends somewhere in the middle. */
function againWithin(path: string, interpreter: Interpreter, again: (inner: Value | undefined) => Value | undefined): Value | undefined {
  const owner = /^(.+)\.metadata$/.exec(path)?.[1];
  return owner === undefined ? undefined : again(resolveSymbol({ type: 'symbol', path: owner }, interpreter));
}

const KINDS: Partial<Record<Constraint['type'], string>> = { 'primary key': 'pk', unique: 'uq', 'foreign key': 'fk', check: 'ck' };

interface Named {
  table: QualifiedName;
  columns: readonly string[];
  name?: string;
  references?: { table: QualifiedName; columns: readonly string[] };
}

function labelOf({ schema, name }: QualifiedName, column: string): string {
  return `${schema === undefined ? '' : `${schema.replaceAll('.', '_')}_`}${name}_${column}`;
}

function columnsPart(table: QualifiedName, columns: readonly string[], token: string): string | undefined {
  const found = /^column_(\d+)(_?N)?_?(name|label|key)$/.exec(token);
  if (found === null) return undefined;
  const show = (column: string): string => (found[3] === 'label' ? labelOf(table, column) : column);
  const from = Number(found[1]);
  const [first] = columns.slice(from);
  if (first === undefined) return undefined;
  return found[2] === undefined ? show(first) : columns.slice(from).map(show).join(found[2] === '_N' ? '_' : '');
}

function tokenOf({ table, columns, name, references }: Named, token: string): string | undefined {
  if (token === 'table_name') return table.name;
  if (token === 'constraint_name') return name;
  if (token === 'referred_table_name') return references?.table.name;
  if (token.startsWith('referred_')) return references === undefined ? undefined : columnsPart(references.table, references.columns, token.slice('referred_'.length));
  return columnsPart(table, columns, token);
}

/** The name that a template gives; undefined where it asks for what is not there. */
function filled(template: string, named: Named): string | undefined {
  let missing = false;
  const text = template.replaceAll(/%\((\w+)\)s/g, (_, token: string) => {
    const part = tokenOf(named, token);
    if (part === undefined) missing = true;
    return part ?? '';
  });
  if (missing) return undefined;
  // Cut to PostgreSQL's 63 bytes as SQLAlchemy cuts it.
  return text.length <= 63 ? text : `${text.slice(0, 55)}_${digest('md5', text).slice(-4)}`;
}

/** `ix` of one column, where the project says otherwise than SQLAlchemy. */
export function conventionalIndex(naming: Naming | null, table: QualifiedName, column: string): string | undefined {
  const template = naming?.get('ix');
  return template === undefined ? undefined : filled(template, { table, columns: [column] });
}

/** A name that is given is kept, unless the template builds on it and it is not built yet. */
function nameFor(naming: Naming, kind: string | undefined, named: Named): string | undefined {
  const template = naming.get(kind ?? '');
  if (template === undefined) return named.name;
  if (named.name === undefined) return filled(template, named);
  if (!template.includes('%(constraint_name)s')) return named.name;
  const before = filled(template.slice(0, template.indexOf('%(constraint_name)s')), named);
  // `op.f("ck_users_age")` is written whole.
  return before !== undefined && before !== '' && named.name.startsWith(before) ? named.name : filled(template, named);
}

function withName<T extends Constraint>(constraint: T, table: QualifiedName, naming: Naming): T {
  const columns = 'columns' in constraint ? constraint.columns : [];
  const references = constraint.type === 'foreign key' ? { references: constraint.references } : {};
  const given = constraint.name === undefined ? {} : { name: constraint.name };
  const name = nameFor(naming, KINDS[constraint.type], { table, columns, ...given, ...references });
  return name === undefined ? constraint : { ...constraint, name };
}

/** What SQLAlchemy does where a convention says nothing of indexes. */
const DEFAULT_INDEX = 'ix_%(column_0_label)s';

/** The operation with the names that the project's MetaData gives to its constraints. */
export function withConventionalNames(draft: OperationDraft, naming: Naming | null): OperationDraft {
  if (naming === null) return draft;
  if (draft.kind === 'addConstraint') return { ...draft, constraint: withName(draft.constraint, draft.table, naming) };
  if (draft.kind === 'createTable') return { ...draft, constraints: draft.constraints.map((constraint) => withName(constraint, draft.table, naming)) };
  if (draft.kind === 'createIndex' && draft.index === undefined) {
    const index = filled(naming.get('ix') ?? DEFAULT_INDEX, { table: draft.table, columns: draft.keys.flatMap(({ column }) => column ?? []) });
    return index === undefined ? draft : { ...draft, index };
  }
  if (draft.kind !== 'dropConstraint' || draft.type === undefined) return draft;
  const constraint = nameFor(naming, KINDS[draft.type], { table: draft.table, columns: [], name: draft.constraint });
  return constraint === undefined ? draft : { ...draft, constraint };
}
