import { printName, quoteIdentifier } from '../../sql/name.js';
import { alterRelation } from './alter-relation.js';
import type { Printers } from './draft.js';
import { clauses, when, words } from './draft.js';
import { constraintDefinition, constraintName, printRole } from './parts.js';

type SettingKind =
  | 'renameTable'
  | 'renameConstraint'
  | 'setTableSchema'
  | 'addConstraint'
  | 'alterConstraint'
  | 'validateConstraint'
  | 'dropConstraint'
  | 'setTablespace'
  | 'setLogged'
  | 'setAccessMethod'
  | 'setClusterIndex'
  | 'setTableOptions'
  | 'setInherit'
  | 'setTableType'
  | 'setTableOwner'
  | 'setReplicaIdentity'
  | 'setRowSecurity'
  | 'toggleTrigger'
  | 'toggleRule'
  | 'attachPartition'
  | 'detachPartition';

export const tableSettings: Printers<SettingKind> = {
  renameTable: (rename) => words(alterRelation(rename), 'RENAME TO', quoteIdentifier(rename.to)),
  renameConstraint: (rename) =>
    words(alterRelation(rename), 'RENAME CONSTRAINT', quoteIdentifier(rename.constraint), 'TO', quoteIdentifier(rename.to)),
  setTableSchema: (set) => words(alterRelation(set), 'SET SCHEMA', quoteIdentifier(set.to)),
  addConstraint: (add) =>
    clauses(words(alterRelation(add), 'ADD', constraintName(add.constraint)), constraintDefinition(add.constraint)),
  alterConstraint: (alter) => words(alterRelation(alter), 'ALTER CONSTRAINT', quoteIdentifier(alter.constraint), alter.options),
  validateConstraint: (validate) => words(alterRelation(validate), 'VALIDATE CONSTRAINT', quoteIdentifier(validate.constraint)),
  dropConstraint: (drop) =>
    words(
      alterRelation(drop, false),
      'DROP CONSTRAINT',
      when(drop.guard, 'IF EXISTS'),
      quoteIdentifier(drop.constraint),
      when(drop.cascade, 'CASCADE'),
    ),
  setTablespace: (set) => words(alterRelation(set), 'SET TABLESPACE', quoteIdentifier(set.tablespace)),
  setLogged: (set) => words(alterRelation(set), set.logged ? 'SET LOGGED' : 'SET UNLOGGED'),
  setAccessMethod: (set) =>
    words(alterRelation(set), 'SET ACCESS METHOD', set.method === undefined ? 'DEFAULT' : quoteIdentifier(set.method)),
  setClusterIndex: (set) =>
    words(alterRelation(set), set.index === undefined ? 'SET WITHOUT CLUSTER' : `CLUSTER ON ${quoteIdentifier(set.index)}`),
  setTableOptions: (set) => words(alterRelation(set), set.reset ? 'RESET' : 'SET', `(${set.options})`),
  setInherit: (set) => words(alterRelation(set), when(!set.inherit, 'NO'), 'INHERIT', printName(set.parent)),
  setTableType: (set) => words(alterRelation(set), set.type === undefined ? 'NOT OF' : `OF ${printName(set.type)}`),
  setTableOwner: (set) => words(alterRelation(set), 'OWNER TO', printRole(set.owner)),
  setReplicaIdentity: (set) =>
    words(
      alterRelation(set),
      'REPLICA IDENTITY',
      set.identity === 'index' ? `USING INDEX ${quoteIdentifier(set.index ?? '')}` : set.identity.toUpperCase(),
    ),
  setRowSecurity: (set) => words(alterRelation(set), set.mode.toUpperCase(), 'ROW LEVEL SECURITY'),
  toggleTrigger: (toggle) =>
    words(
      alterRelation(toggle),
      toggleWords(toggle.mode, 'TRIGGER'),
      toggle.all === undefined ? quoteIdentifier(toggle.trigger) : toggle.all.toUpperCase(),
    ),
  toggleRule: (toggle) => words(alterRelation(toggle), toggleWords(toggle.mode, 'RULE'), quoteIdentifier(toggle.rule)),
  attachPartition: (attach) =>
    words(
      alterRelation(attach),
      'ATTACH PARTITION',
      printName(attach.partition),
      // An index takes its partition's bounds from the table.
      attach.relation === 'index' ? undefined : (attach.bounds ?? 'DEFAULT'),
    ),
  detachPartition: (detach) =>
    words(
      alterRelation(detach),
      'DETACH PARTITION',
      printName(detach.partition),
      when(detach.concurrently, 'CONCURRENTLY'),
      when(detach.finalize, 'FINALIZE'),
    ),
};

function toggleWords(mode: string, what: 'TRIGGER' | 'RULE'): string {
  return `${mode.toUpperCase()} ${what}`;
}
