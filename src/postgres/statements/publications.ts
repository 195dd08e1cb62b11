import type { AlterPublication, QualifiedName } from '../../operations/types.js';
import { parseName } from '../../sql/name.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey } from '../schema.js';
import { isMissingSchema } from './comments.js';
import { requireTable, type Handlers } from './handler.js';

export const publications: Handlers<'createPublication' | 'alterPublication'> = {
  createPublication({ tables, publication, text }, outcome) {
    if (outcome.schema.complete && outcome.schema.objects.has(objectKey('publication', { name: publication }))) outcome.fail('42710', 'always');
    refuseSchemas(text, outcome);
    for (const table of tables) publish(table, text, outcome);
  },

  alterPublication({ publication, tables, action, text }, outcome) {
    const published = outcome.schema.objects.get(objectKey('publication', { name: publication }));
    if (published === undefined && outcome.schema.complete) return outcome.fail('42704', 'always');
    refuseSchemas(text, outcome);
    if (action === 'options') return;
    const replaced = action === 'set' ? (published?.tables ?? []) : [];
    for (const key of replaced) publish(outcome.nameOf(key), text, outcome);
    for (const table of tables) {
      const member = published?.tables.includes(relationKey(table)) ?? false;
      refuseMember(table, action, member, outcome);
      publish(table, text, outcome);
    }
  },
};

/** FOR TABLES IN SCHEMA a, b. */
function refuseSchemas(text: string, outcome: Outcome): void {
  const list = /\btables\s+in\s+schema\s+([\w\s,"$]+?)(?:,\s*tables?\b|\bwith\b|;|$)/i.exec(text)?.[1] ?? '';
  const missing = list.split(',').some((name) => {
    const schema = parseName(name.trim());
    return schema !== null && schema.name !== 'current_schema' && isMissingSchema(schema, outcome);
  });
  if (missing) outcome.fail('3F000', 'always');
}

function refuseMember(table: QualifiedName, action: AlterPublication['action'], member: boolean, outcome: Outcome): void {
  if (action === 'add' && member) outcome.fail('42710', 'always');
  if (action === 'drop' && !member && outcome.schema.complete && outcome.mayExist(table)) outcome.fail('42704', 'always');
}

/** A partition of the published table is not touched. */
function publish(table: QualifiedName, text: string, outcome: Outcome): void {
  if (!requireTable({ table }, outcome)) return;
  if (outcome.version < 13 && outcome.isPartitioned(table)) return outcome.fail('0A000', 'always');
  const { kind = 'table', persistence = 'permanent' } = outcome.relation(table) ?? {};
  if ((kind !== 'table' && kind !== 'partitioned table') || persistence !== 'permanent') return outcome.fail('22023', 'always');
  outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
  // Children of plain inheritance are published with their parent.
  if (!outcome.isPartitioned(table) && !isAlone(table, text)) outcome.lockAll(outcome.below(table), 'SHARE UPDATE EXCLUSIVE');
}


function isAlone({ name }: QualifiedName, text: string): boolean {
  return [...text.matchAll(/\bonly\s+(?:[\w"]+\s*\.\s*)?"?(\w+)/gi)].some((match) => match[1] === name);
}
