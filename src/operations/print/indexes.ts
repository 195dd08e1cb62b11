import { printName, quoteIdentifier } from '../../sql/name.js';
import type { Printers } from './draft.js';
import { clauses, when, words } from './draft.js';
import { printIndexKeys, printInclude } from './parts.js';

export const indexes: Printers<'createIndex' | 'dropIndex' | 'reindex'> = {
  createIndex: (index) =>
    clauses(
      words(
        'CREATE',
        when(index.unique, 'UNIQUE'),
        'INDEX',
        when(index.concurrently, 'CONCURRENTLY'),
        // Without a name the server makes a new one each time: the guard has no grammar then.
        when(index.guard === 'if not exists' && index.index !== undefined, 'IF NOT EXISTS'),
        index.index !== undefined && quoteIdentifier(index.index),
      ),
      words(
        'ON',
        when(index.only, 'ONLY'),
        printName(index.table),
        index.method !== undefined && `USING ${quoteIdentifier(index.method)}`,
        printIndexKeys(index.keys),
        printInclude(index.include),
        when(index.nullsNotDistinct, 'NULLS NOT DISTINCT'),
        index.options !== undefined && `WITH (${index.options})`,
        index.tablespace !== undefined && `TABLESPACE ${quoteIdentifier(index.tablespace)}`,
      ),
      index.where !== undefined && `WHERE ${index.where}`,
    ),
  dropIndex: (drop) =>
    words(
      'DROP INDEX',
      when(drop.concurrently, 'CONCURRENTLY'),
      when(drop.guard, 'IF EXISTS'),
      printName(drop.index),
      when(drop.cascade, 'CASCADE'),
    ),
  reindex: (reindex) => {
    const options = [
      reindex.verbose && 'VERBOSE',
      reindex.tablespace !== undefined && `TABLESPACE ${quoteIdentifier(reindex.tablespace)}`,
    ].filter(Boolean);
    return words(
      'REINDEX',
      options.length > 0 && `(${options.join(', ')})`,
      reindex.target.toUpperCase(),
      when(reindex.concurrently, 'CONCURRENTLY'),
      reindex.name !== undefined && printName(reindex.name),
    );
  },
};
