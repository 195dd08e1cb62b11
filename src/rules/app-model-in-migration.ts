import { codeOf, isOnTheWayBack } from '../advice/code.js';
import { named } from '../advice/wording.js';
import { isForward } from '../operations/migration.js';
import { defineRule } from '../rule.js';

const QUERIES = 'query|select|insert|update|delete|get|exists|getRepository|find\\w*|save|count\\w*|createQueryBuilder|upsert|remove';
const MEMBERS = 'objects|query|__table__|find\\w*|update|create|bulkCreate|destroy|count|save';

const INSTEAD: Readonly<Record<string, string>> = {
  alembic: 'Declare it here: users = sa.table("users", sa.column("id"), sa.column("name")).',
  django: 'Ask for the model of this point of the history: apps.get_model("app", "Model").',
};

/** The model is imported as it is on the day the migration runs, not as it was when it was written. */
export default defineRule({
  meta: {
    id: 'app-model-in-migration',
    category: 'data-migration',
    severity: 'warning',
    presets: ['strict'],
    operations: '*',
    trigger: 'A migration that queries through a model of the application',
    effect: 'Once the model has moved on, a new database stops here: it asks for columns that do not exist yet',
    remedy: 'Declare the table with the few columns that are needed, in the migration itself',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-basics.html'],
  },

  check(operation, context) {
    const { migration, text, index } = context;
    if (index > 0 || migration.language === 'sql') return;
    const code = codeOf(text, migration.language);
    // What modules are called stands in strings in one of the languages.
    for (const name of migration.language === 'python' ? pythonModels(code) : javascriptModels(text)) {
      const used = new RegExp(`\\b(?:${QUERIES})\\s*\\(\\s*${name}\\b|\\b${name}\\.(?:${MEMBERS})\\b`).exec(code);
      if (used === null || isOnTheWayBack(code, used.index) === isForward(migration, operation)) continue;
      return {
        at: { start: used.index, end: used.index + used[0].length },
        message: `This queries through ${named(name)}, a model of the application.`,
        rewrite: [{ note: INSTEAD[migration.framework] ?? 'Write the statement in SQL.' }],
      };
    }
    return;
  },
});

/** `from app.models import User, Team as T`: the names that come from a module of models. */
function pythonModels(code: string): string[] {
  return [...code.matchAll(/^\s*from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n]+)/gm)]
    .filter(([, module = '']) => /(?:^|\.)(?:models?|entities|orm)(?:\.|$)/.test(module) && !/^(?:django|sqlalchemy|alembic)\b/.test(module))
    .flatMap(([, , names = '']) => names.replace(/[()]/g, '').split(','))
    .map((one) => one.trim().split(/\s+as\s+/).at(-1) ?? '')
    .filter((name) => /^[A-Z]\w*$/.test(name));
}

function javascriptModels(text: string): string[] {
  return [...text.matchAll(/^\s*import\s+(?:type\s+)?\{?([^}'"]+?)\}?\s+from\s+['"]([^'"]+)['"]/gm)]
    .filter(([, , module = '']) => /^[.@~]/.test(module) && /(?:^|[/.])(?:models?|entity|entities)(?:[/.]|$)/i.test(module))
    .flatMap(([, names = '']) => names.split(','))
    .map((one) => one.trim().split(/\s+as\s+/).at(-1) ?? '')
    .filter((name) => /^[A-Z]\w*$/.test(name));
}
