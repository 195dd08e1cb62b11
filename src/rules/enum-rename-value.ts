import { named } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Rows keep their value under the new label; the release that is running still sends the old one. */
export default defineRule({
  meta: {
    id: 'enum-rename-value',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['renameEnumValue'],
    trigger: 'A value of an existing enum is renamed',
    effect: 'Every query of the running release that sends the old label fails from that moment on',
    remedy: 'Add the new value, deploy a release that knows both, then move the rows in batches',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertype.html'],
  },

  check(rename, context) {
    if (context.schema.types.get(relationKey(rename.type))?.bornHere === true) return;
    return {
      message: `Renaming '${rename.value}' of ${named(rename.type)} fails queries that still send the old label.`,
      rewrite: [
        {
          note: 'Add the new label beside the old one:',
          operations: [{ kind: 'addEnumValue', type: rename.type, value: rename.to, after: rename.value }],
        },
        { note: `Deploy a release that reads both and writes '${rename.to}', then update old rows in batches.` },
      ],
    };
  },
});
