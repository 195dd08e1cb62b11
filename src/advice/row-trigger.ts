import type { OperationDraft, QualifiedName } from '../operations/types.js';
import { printName, quoteIdentifier } from '../sql/name.js';
import { inSchemaOf } from './concurrent-index.js';

/** A function of the table's schema and a trigger of the same name that runs it before each row is written. */
export function rowTrigger(table: QualifiedName, name: string, statements: string): OperationDraft[] {
  const routine = inSchemaOf(table, name);
  return [
    {
      kind: 'createFunction',
      routine,
      arguments: [],
      returns: { name: 'trigger' },
      language: 'plpgsql',
      text: `CREATE FUNCTION ${printName(routine)}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
${statements.replaceAll(/^/gm, '  ')}
  RETURN NEW;
END
$$`,
    },
    {
      kind: 'createTrigger',
      trigger: name,
      table,
      timing: 'before',
      events: ['insert', 'update'],
      forEachRow: true,
      function: routine,
      text: `CREATE TRIGGER ${quoteIdentifier(name)} BEFORE INSERT OR UPDATE ON ${printName(table)}
  FOR EACH ROW EXECUTE FUNCTION ${printName(routine)}()`,
    },
  ];
}

/** Takes both away again. */
export function dropRowTrigger(table: QualifiedName, name: string): OperationDraft[] {
  return [
    { kind: 'dropObject', object: 'trigger', name: { name }, on: table },
    { kind: 'dropObject', object: 'function', name: inSchemaOf(table, name), signature: '' },
  ];
}
