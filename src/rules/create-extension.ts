import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Only trusted extensions can be created without superuser rights. */
export default defineRule({
  meta: {
    id: 'create-extension',
    category: 'compatibility',
    severity: 'info',
    presets: [],
    operations: ['createExtension'],
    trigger: 'An extension is created in a migration',
    effect: 'It needs rights and files that the server of another environment may not have',
    remedy: 'Provision extensions outside the migrations',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createextension.html'],
  },

  check({ extension }) {
    return { message: `Extension ${named(extension)} has to be on every server this runs on.`, rewrite: [{ note: 'Provision it with the server, before the migrations run.' }] };
  },
});
