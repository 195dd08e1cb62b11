import { named } from '../advice/wording.js';
import { isForward } from '../operations/migration.js';
import { defineRule } from '../rule.js';

const EMPTY = /^(auto|new|test|tmp|temp|wip|fix|update|updates|change|changes|misc|stuff|foo|migration|migrations|revision|schema|db|database|untitled|empty|commit|todo)([_-]?\d+)*$/i;

/** The name is what a person sees in a list of pending migrations, in a log, and years later in the history. */
export default defineRule({
  meta: {
    id: 'undescriptive-name',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'A migration whose name says nothing of what it does',
    effect: 'In a list of pending migrations nobody can tell what it will do',
    remedy: 'Name it after its main statement',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(operation, context) {
    if (context.index > 0 || !isForward(context.migration, operation)) return;
    const words = nameIn(context.migration.path);
    if (words === null || !EMPTY.test(words)) return;
    return { message: `The name ${named(words)} does not say what this migration does.`, rewrite: [{ note: 'Name it after what it changes, before it is deployed.' }] };
  },
});

/** The words of `0004_auto_20240101_1200.py`, `1700000000000-update.ts`, `V3__fix.sql`, `20240101_new/migration.sql`. */
function nameIn(path: string): string | null {
  const parts = path.split('/');
  const file = (parts.at(-1) ?? '').replace(/\.\w+$/, '').replace(/\.(up|down)$/i, '');
  const name = /^(migration|up|down)$/i.test(file) ? (parts.at(-2) ?? '') : file;
  const words = name.replace(/^(?:[0-9a-f]{12}_|[VUR]?[\d._-]+(?:__)?)/, '').replace(/^[_-]+/, '');
  return words === '' ? null : words;
}
