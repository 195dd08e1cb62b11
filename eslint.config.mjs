// ESLint 10 reads this file and no other; what it says stands in .eslintrc.cjs,
// but for the plugin of our own, whose languages eslintrc has no word for.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FlatCompat } from '@eslint/eslintrc';
import js from '@eslint/js';

const require = createRequire(import.meta.url);
const compat = new FlatCompat({
  baseDirectory: import.meta.dirname,
  recommendedConfig: js.configs.recommended,
  allConfig: js.configs.all,
});

const house = compat.config(require('./.eslintrc.cjs'));

/** The demo projects are there for what the guard says of them, not for the rules of this house. */
const DEMOS = 'fixtures/projects/**';

function demos() {
  const off = Object.fromEntries(house.flatMap(({ rules = {} }) => Object.keys(rules)).map((rule) => [rule, 'off']));
  const plain = { files: [`${DEMOS}/*.ts`], languageOptions: { parserOptions: { projectService: false } } };
  const guard = existsSync(new URL('dist/eslint.cjs', import.meta.url)) ? require('./dist/eslint.cjs').configs.recommended : [];
  // Elsewhere what lies below a folder of fixtures is no migration of the project.
  const sql = { files: [`${DEMOS}/*.sql`], settings: { 'migration-guard': { framework: 'sql' } } };
  return [{ files: [DEMOS], rules: off }, plain, sql, ...guard.map((config) => ({ ...config, files: config.files.map((files) => DEMOS + files.slice(2)) }))];
}

export default [...house, ...demos()];
