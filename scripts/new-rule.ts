/** `npm run new-rule drop-something`: the rule and its fixtures, with the holes marked TODO. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [id] = process.argv.slice(2);

function rule(name: string): string {
  return `import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** TODO: the locking fact, as the manual or a real server shows it. */
export default defineRule({
  meta: {
    id: '${name}',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropColumn'],
    trigger: 'TODO: what it flags',
    effect: 'TODO: what PostgreSQL does, and what waits',
    remedy: 'TODO: what to do instead',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(operation, context) {
    if (context.isNew(operation.table)) return;
    return {
      message: \`TODO \${named(operation.table)}.\`,
      rewrite: [{ operations: [draftOf(operation)] }],
    };
  },
});
`;
}

if (id === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  console.error('Usage: npm run new-rule <id>, in kebab-case: the name of the hazard');
  process.exitCode = 2;
} else if (existsSync(join(root, 'src/rules', `${id}.ts`))) {
  console.error(`src/rules/${id}.ts is there already`);
  process.exitCode = 2;
} else {
  const fixtures = join(root, 'fixtures/rules', id);
  mkdirSync(fixtures, { recursive: true });
  const files: readonly [string, string][] = [
    [join(root, 'src/rules', `${id}.ts`), rule(id)],
    [join(fixtures, 'bad.sql'), '-- TODO: the shortest migration that hurts\n'],
    [join(fixtures, 'good.sql'), '-- TODO: the safe way; every rule is silent\n'],
  ];
  for (const [path, text] of files) {
    writeFileSync(path, text);
    console.log(path.slice(root.length + 1));
  }
  console.log('Fill in the holes, then: UPDATE=1 npx vitest run test/rules.test.ts && npm run generate');
}
