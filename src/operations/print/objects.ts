import { printName, quoteIdentifier, quoteLiteral } from '../../sql/name.js';
import type { ObjectKind, QualifiedName } from '../types.js';
import type { Draft, Printers } from './draft.js';
import { when, words } from './draft.js';
import { printRole } from './parts.js';

/**
 * An object that is no relation, as its statements name it. Where a plain name
 * does not do, `signature` holds the argument types of a routine, an aggregate
 * or an operator, as written between the parentheses. A cast and a transform
 * have no name but their words: `(integer AS text)`, `FOR hstore LANGUAGE sql`.
 * `on` is the table of a trigger, a policy, a rule, a constraint or a column, the
 * domain of a domain constraint, the type of an attribute, the access method of
 * an operator class or family, the server of a user mapping, whose name is the role.
 */
interface Named {
  object: ObjectKind;
  name: QualifiedName;
  on?: QualifiedName;
  signature?: string;
}

type ObjectsKind =
  | 'dropObject'
  | 'renameObject'
  | 'setObjectSchema'
  | 'setObjectOwner'
  | 'comment'
  | 'createSchema'
  | 'createExtension'
  | 'updateExtension'
  | 'createPolicy'
  | 'alterPolicy';

export const objects: Printers<ObjectsKind> = {
  dropObject: (drop) => printDrop(drop),
  renameObject: (rename) => {
    const to = `TO ${quoteIdentifier(rename.to)}`;
    const part = PARTS[rename.object];
    if (part === undefined) return words('ALTER', objectWords(rename.object), named(rename), 'RENAME', to);
    return words(
      `ALTER ${part.owner}`,
      rename.on !== undefined && printName(rename.on),
      `RENAME ${part.word}`,
      quoteIdentifier(rename.name.name),
      to,
      when(rename.cascade, 'CASCADE'),
    );
  },
  setObjectSchema: (set) => words('ALTER', objectWords(set.object), named(set), 'SET SCHEMA', quoteIdentifier(set.to)),
  setObjectOwner: (set) => words('ALTER', objectWords(set.object), named(set), 'OWNER TO', printRole(set.owner)),
  comment: (comment) =>
    words(
      'COMMENT ON',
      objectWords(comment.object),
      comment.object === 'column' ? columnOf(comment) : named(comment),
      'IS',
      comment.comment === null ? 'NULL' : quoteLiteral(comment.comment),
    ),
  createSchema: (create) =>
    words(
      'CREATE SCHEMA',
      when(create.guard, 'IF NOT EXISTS'),
      create.schema !== undefined && quoteIdentifier(create.schema),
      create.authorization !== undefined && `AUTHORIZATION ${printRole(create.authorization)}`,
    ),
  createExtension: (create) =>
    words(
      'CREATE EXTENSION',
      when(create.guard, 'IF NOT EXISTS'),
      quoteIdentifier(create.extension),
      create.schema !== undefined && `SCHEMA ${quoteIdentifier(create.schema)}`,
      create.version !== undefined && `VERSION ${quoteLiteral(create.version)}`,
      when(create.cascade, 'CASCADE'),
    ),
  updateExtension: (update) =>
    words(
      `ALTER EXTENSION ${quoteIdentifier(update.extension)} UPDATE`,
      update.version !== undefined && `TO ${quoteLiteral(update.version)}`,
    ),
  createPolicy: (create) =>
    words(
      `CREATE POLICY ${quoteIdentifier(create.policy)} ON ${printName(create.table)}`,
      when(!create.permissive, 'AS RESTRICTIVE'),
      when(create.command !== 'all', `FOR ${create.command.toUpperCase()}`),
      ...policyClauses(create),
    ),
  alterPolicy: (alter) =>
    words(`ALTER POLICY ${quoteIdentifier(alter.policy)} ON ${printName(alter.table)}`, ...policyClauses(alter)),
};

/** Parts of another object: dropped and renamed by an ALTER of their owner. */
const PARTS: Partial<Record<ObjectKind, { owner: string; word: string }>> = {
  constraint: { owner: 'TABLE', word: 'CONSTRAINT' },
  'domain constraint': { owner: 'DOMAIN', word: 'CONSTRAINT' },
  attribute: { owner: 'TYPE', word: 'ATTRIBUTE' },
};

function printDrop(drop: Draft<'dropObject'>): string {
  const guard = when(drop.guard, 'IF EXISTS');
  const cascade = when(drop.cascade, 'CASCADE');
  const part = PARTS[drop.object];
  if (part === undefined) return words('DROP', objectWords(drop.object), guard, named(drop), cascade);
  return words(
    `ALTER ${part.owner}`,
    drop.on !== undefined && printName(drop.on),
    `DROP ${part.word}`,
    guard,
    quoteIdentifier(drop.name.name),
    cascade,
  );
}

/** The words of the statement: a domain's constraint is a CONSTRAINT … ON DOMAIN. */
function objectWords(object: ObjectKind): string {
  if (object === 'domain constraint') return 'CONSTRAINT';
  return object === 'attribute' ? 'COLUMN' : object.toUpperCase();
}

function named(object: Named): string {
  const { name, on, signature } = object;
  switch (object.object) {
    case 'function':
    case 'procedure':
    case 'routine':
    case 'aggregate':
      return printName(name) + (signature === undefined ? '' : `(${signature})`);
    case 'operator':
      // Operators are no identifiers: the schema may need quotes, the name never does.
      return `${name.schema === undefined ? '' : `${quoteIdentifier(name.schema)}.`}${name.name} (${signature ?? ''})`;
    case 'operator class':
    case 'operator family':
      return `${printName(name)} USING ${quoteIdentifier(on?.name ?? '')}`;
    case 'cast':
    case 'transform':
    case 'large object':
      return name.name;
    case 'user mapping':
      return `FOR ${printRole(name.name)} SERVER ${quoteIdentifier(on?.name ?? '')}`;
    case 'role':
      return printRole(name.name);
    case 'trigger':
    case 'policy':
    case 'rule':
    case 'constraint':
      return on === undefined ? quoteIdentifier(name.name) : `${quoteIdentifier(name.name)} ON ${printName(on)}`;
    case 'domain constraint':
      return `${quoteIdentifier(name.name)} ON DOMAIN ${on === undefined ? '' : printName(on)}`;
    default:
      return printName(name);
  }
}

function columnOf({ name, on }: Named): string {
  return on === undefined ? printName(name) : `${printName(on)}.${quoteIdentifier(name.name)}`;
}

function policyClauses(policy: { roles?: string[]; using?: string; withCheck?: string }): (string | false)[] {
  const { roles, using, withCheck } = policy;
  return [
    roles !== undefined && roles.length > 0 && `TO ${roles.map(printRole).join(', ')}`,
    using !== undefined && `USING (${using})`,
    withCheck !== undefined && `WITH CHECK (${withCheck})`,
  ];
}
