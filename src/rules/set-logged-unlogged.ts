import { blockedOn, named } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Every page goes into a new file, and for SET LOGGED into the log and to the replicas. */
export default defineRule({
  meta: {
    id: 'set-logged-unlogged',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['setLogged'],
    covers: ['create-unlogged-table'],
    trigger: 'SET LOGGED or SET UNLOGGED on an existing table',
    effect: 'Reads and writes of the table wait until it is written again',
    remedy: 'Create a new table that is logged as it shall be, copy in batches, and swap the names',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, logged }, context) {
    if (context.isNew(table)) return;
    const { fails, rewrites } = context.effects;
    if (fails?.when === 'always') {
      return {
        message: `SET ${logged ? 'LOGGED' : 'UNLOGGED'} is refused: a foreign key joins ${named(table)} to a table that is ${logged ? 'unlogged' : 'logged'}.`,
        rewrite: [{ note: 'Drop the foreign key first, or leave the table as it is.' }],
      };
    }
    if (!rewrites.includes(displayName(table))) return;
    return {
      message: `SET ${logged ? 'LOGGED' : 'UNLOGGED'} rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: [{ note: 'No form of it avoids the rewrite: copy to a new table in batches, then swap the names.' }],
    };
  },
});
