import { batchedUpdate } from '../advice/backfill.js';
import { notNullSteps } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { blockedOn, named } from '../advice/wording.js';
import type { AddColumn, DataType } from '../operations/types.js';
import { displayName } from '../postgres/schema.js';
import { defineRule, type RewriteStep } from '../rule.js';
import { printName, quoteIdentifier, quoteLiteral } from '../sql/name.js';

const INTEGER_OF: Readonly<Record<string, string>> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' };

/** Every old row needs a number of its own from the sequence, so serial and IDENTITY both write the whole table. */
export default defineRule({
  meta: {
    id: 'add-column-auto-increment',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['add-column-unique', 'add-column-with-check', 'add-not-null-column'],
    trigger: 'A serial or IDENTITY column is added to an existing table',
    effect: 'Reads and writes of the table wait until every row is written again with its number',
    remedy: 'Add a plain column, let a sequence fill new rows, number old ones in batches, then make it what it shall be',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-identity-columns.html'],
  },

  check(add, context) {
    const { table, column } = add;
    const integer = INTEGER_OF[column.type?.name ?? ''];
    if (context.isNew(table) || (integer === undefined && column.identity === undefined)) return;
    if (!context.effects.rewrites.includes(displayName(table))) return;

    const sequence = { ...table, name: `${table.name}_${column.name}_seq` };
    const next = `nextval(${quoteLiteral(printName(sequence))})`;
    const type: DataType | undefined = integer === undefined ? column.type : { name: integer };
    const what = column.identity === undefined ? 'serial' : 'IDENTITY';
    return {
      message: `Adding ${what} column ${named(column.name)} rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: [
        {
          operations: [
            draftOf(add, { column: plainColumn(add, type) }),
            { kind: 'createSequence', sequence, options: `AS ${type?.name ?? 'bigint'}`, ownedBy: { table, column: column.name } },
            { kind: 'setDefault', table, column: column.name, default: next },
          ],
        },
        batchedUpdate(context, { table, set: [{ column: column.name, value: next }], where: `${quoteIdentifier(column.name)} IS NULL` }),
        ...notNullSteps(context, table, column.name),
        ...(column.identity === undefined ? [] : [toIdentity(add, column.identity, printName(sequence))]),
      ],
    };
  },
});

function plainColumn({ column }: AddColumn, type: DataType | undefined): AddColumn['column'] {
  return columnWith(column, { type, notNull: undefined, identity: undefined, identityOptions: undefined });
}

/** A column has one sequence: the helper goes, and IDENTITY starts where it stopped. */
function toIdentity({ table, column }: AddColumn, identity: 'always' | 'by default', sequence: string): RewriteStep {
  const target = printName(table);
  const name = quoteIdentifier(column.name);
  return {
    note: 'Then IDENTITY takes the numbering over:',
    code: `ALTER TABLE ${target} ALTER COLUMN ${name} DROP DEFAULT;
DROP SEQUENCE ${sequence};
ALTER TABLE ${target} ALTER COLUMN ${name} ADD GENERATED ${identity.toUpperCase()} AS IDENTITY;
SELECT setval(pg_get_serial_sequence(${quoteLiteral(target)}, ${quoteLiteral(column.name)}), (SELECT max(${name}) FROM ${target}));`,
    language: 'sql',
    transaction: 'own',
  };
}
