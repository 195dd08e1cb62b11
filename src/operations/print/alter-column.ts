import { quoteIdentifier } from '../../sql/name.js';
import { printType } from '../../sql/type.js';
import { alterRelation } from './alter-relation.js';
import type { Draft, Printers } from './draft.js';
import { clauses, when, words } from './draft.js';
import { printCollation, printColumn, printIdentity } from './parts.js';

type ColumnKind =
  | 'addColumn'
  | 'dropColumn'
  | 'renameColumn'
  | 'alterColumnType'
  | 'setNotNull'
  | 'dropNotNull'
  | 'setDefault'
  | 'dropDefault'
  | 'setExpression'
  | 'dropExpression'
  | 'addIdentity'
  | 'alterIdentity'
  | 'dropIdentity'
  | 'setStatistics'
  | 'setStorage'
  | 'setCompression'
  | 'setColumnOptions';

export const columns: Printers<ColumnKind> = {
  addColumn: (add) =>
    clauses(
      alterRelation(add),
      words('ADD COLUMN', when(add.guard === 'if not exists', 'IF NOT EXISTS'), printColumn(add.column)),
    ),
  dropColumn: (drop) =>
    words(
      alterRelation(drop, false),
      'DROP COLUMN',
      when(drop.guard, 'IF EXISTS'),
      quoteIdentifier(drop.column),
      when(drop.cascade, 'CASCADE'),
    ),
  renameColumn: (rename) =>
    words(alterRelation(rename), 'RENAME COLUMN', quoteIdentifier(rename.column), 'TO', quoteIdentifier(rename.to)),
  alterColumnType: (alter) =>
    clauses(
      alterRelation(alter),
      words(`ALTER COLUMN ${quoteIdentifier(alter.column)} TYPE`, printType(alter.type), printCollation(alter.collation)),
      alter.using !== undefined && `USING ${alter.using}`,
    ),
  setNotNull: (alter) => alterColumn(alter, 'SET NOT NULL'),
  dropNotNull: (alter) => alterColumn(alter, 'DROP NOT NULL'),
  setDefault: (alter) => alterColumn(alter, `SET DEFAULT ${alter.default}`),
  dropDefault: (alter) => alterColumn(alter, 'DROP DEFAULT'),
  setExpression: (alter) => alterColumn(alter, `SET EXPRESSION AS (${alter.expression})`),
  dropExpression: (alter) => alterColumn(alter, words('DROP EXPRESSION', when(alter.guard, 'IF EXISTS')), false),
  addIdentity: (alter) => alterColumn(alter, `ADD ${printIdentity(alter.identity, alter.options)}`),
  alterIdentity: (alter) => alterColumn(alter, alter.options),
  dropIdentity: (alter) => alterColumn(alter, words('DROP IDENTITY', when(alter.guard, 'IF EXISTS')), false),
  setStatistics: (alter) => alterColumn(alter, `SET STATISTICS ${alter.target}`),
  setStorage: (alter) => alterColumn(alter, `SET STORAGE ${alter.storage}`),
  setCompression: (alter) => alterColumn(alter, `SET COMPRESSION ${alter.compression}`),
  setColumnOptions: (alter) => alterColumn(alter, `${alter.reset ? 'RESET' : 'SET'} (${alter.options})`),
};

type ColumnActionKind = Exclude<ColumnKind, 'addColumn'>;

/** `guardsRelation` is false where the action has an IF EXISTS of its own. */
function alterColumn(alter: Draft<ColumnActionKind>, action: string, guardsRelation = true): string {
  // An index has no named columns, its keys are counted.
  const counted = alter.relation === 'index' && /^\d+$/.test(alter.column);
  const column = counted ? alter.column : quoteIdentifier(alter.column);
  return clauses(alterRelation(alter, guardsRelation), `ALTER COLUMN ${column} ${action}`);
}
