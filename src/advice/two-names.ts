import type { OperationDraft, QualifiedName } from '../operations/types.js';
import { printName, quoteIdentifier } from '../sql/name.js';

/** A trigger that keeps two columns equal, whichever of them a release writes. */
export function syncBothWays(table: QualifiedName, old: string, fresh: string): OperationDraft[] {
  const name = `${table.name}_${old}_${fresh}_sync`;
  const routine = table.schema === undefined ? { name } : { schema: table.schema, name };
  const a = quoteIdentifier(old);
  const b = quoteIdentifier(fresh);
  return [
    {
      kind: 'createFunction',
      routine,
      arguments: [],
      returns: { name: 'trigger' },
      language: 'plpgsql',
      text: `CREATE FUNCTION ${printName(routine)}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.${a} := coalesce(NEW.${a}, NEW.${b});
    NEW.${b} := NEW.${a};
  ELSIF NEW.${b} IS DISTINCT FROM OLD.${b} THEN
    NEW.${a} := NEW.${b};
  ELSE
    NEW.${b} := NEW.${a};
  END IF;
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
