import { draftOf } from '../advice/drafts.js';
import { named, touchesEveryRow } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** The rows of the new partition have to fit its bounds; a validated CHECK that says so spares the scan. */
export default defineRule({
  meta: {
    id: 'attach-partition-scan',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['attachPartition'],
    trigger: 'ATTACH PARTITION of a filled table that no CHECK proves to fit',
    effect: 'Reads and writes of the partition, and of the default partition, wait until their rows are checked',
    remedy: 'Add a matching CHECK NOT VALID, validate it, attach, then drop the CHECK',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  },

  check(attach, context) {
    const { table, partition } = attach;
    if (attach.relation === 'index') return;
    const scansOwn = !context.isNew(partition) && touchesEveryRow(context.effects, partition);
    const others = context.effects.scans.filter((name) => name !== displayName(partition) && name !== displayName(table));
    const [byDefault] = others;
    if (!scansOwn && byDefault === undefined) return;
    return {
      table: partition,
      message: scansOwn
        ? `Attaching ${named(partition)} reads all its rows while its reads and writes wait.`
        : `Attaching ${named(partition)} reads default partition ${named(byDefault ?? '')} while it is locked.`,
      rewrite: [
        {
          note: scansOwn
            ? `First a CHECK on ${named(partition)} that says what ${attach.bounds ?? 'the bounds'} says, NOT VALID; then validate it.`
            : `First a CHECK on ${named(byDefault ?? '')} that shuts the range out, NOT VALID; then validate it.`,
        },
        { note: 'Then nothing is read; drop the CHECK afterwards:', operations: [draftOf(attach)], transaction: 'own' },
      ],
    };
  },
});
