import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The default version is a property of the installation, not of the database. */
export default defineRule({
  meta: {
    id: 'extension-version',
    category: 'compatibility',
    severity: 'info',
    presets: [],
    operations: ['createExtension', 'updateExtension'],
    trigger: 'An extension is created or updated without a version',
    effect: 'Environments get whatever version is installed, and an update may lock the tables that use it',
    remedy: 'Write VERSION, and update on purpose',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-alterextension.html'],
  },

  check({ extension, version }) {
    if (version !== undefined) return;
    return { message: `Which version of ${named(extension)} this gives hangs on the server.`, rewrite: [{ note: "Pin it, as VERSION '1.8'." }] };
  },
});
