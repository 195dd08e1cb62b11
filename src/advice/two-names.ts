import type { OperationDraft, QualifiedName } from '../operations/types.js';
import { quoteIdentifier } from '../sql/name.js';
import { dropRowTrigger, rowTrigger } from './row-trigger.js';

function syncName(table: QualifiedName, old: string, fresh: string): string {
  return `${table.name}_${old}_${fresh}_sync`;
}

/** A trigger that keeps two columns equal, whichever of them a release writes. */
export function syncBothWays(table: QualifiedName, old: string, fresh: string): OperationDraft[] {
  const a = quoteIdentifier(old);
  const b = quoteIdentifier(fresh);
  return rowTrigger(
    table,
    syncName(table, old, fresh),
    `IF TG_OP = 'INSERT' THEN
  NEW.${a} := coalesce(NEW.${a}, NEW.${b});
  NEW.${b} := NEW.${a};
ELSIF NEW.${b} IS DISTINCT FROM OLD.${b} THEN
  NEW.${a} := NEW.${b};
ELSE
  NEW.${b} := NEW.${a};
END IF;`,
  );
}

/** The end of it, when one name is left. */
export function endSync(table: QualifiedName, old: string, fresh: string): OperationDraft[] {
  return dropRowTrigger(table, syncName(table, old, fresh));
}
