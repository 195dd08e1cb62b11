import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Without CASCADE a type that a column uses cannot be dropped: then nothing is lost. */
export default defineRule({
  meta: {
    id: 'drop-type',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['dropObject'],
    covers: ['drop-cascade'],
    trigger: 'DROP TYPE or DROP DOMAIN with CASCADE',
    effect: 'Every column of the type is dropped with its values',
    remedy: 'Give the columns another type first, then drop the type without CASCADE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-droptype.html'],
  },

  check(drop, context) {
    if ((drop.object !== 'type' && drop.object !== 'domain') || drop.cascade !== true) return;
    if (context.schema.types.get(relationKey(drop.name))?.bornHere === true) return;
    return {
      message: `CASCADE drops every column of type ${named(drop.name)} with its values.`,
      rewrite: [
        {
          note: 'Give each column of the type another one first; without CASCADE the server refuses while one is left:',
          operations: [draftOf(drop, { cascade: undefined })],
        },
      ],
    };
  },
});
