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

const { overrides, ...rest } = require('./.eslintrc.cjs');
const isGuarded = ({ plugins = [] }) => plugins.includes('migration-guard');
const house = compat.config({ ...rest, overrides: overrides.filter((entry) => !isGuarded(entry)) });

/** What .eslintrc.cjs has the guard look at, in the languages that flat configurations know. */
function guarded({ files }) {
  const off = Object.fromEntries(house.flatMap(({ rules = {} }) => Object.keys(rules)).map((rule) => [rule, 'off']));
  const plain = { files: files.map((glob) => `${glob}/*.ts`), languageOptions: { parserOptions: { projectService: false } } };
  // Elsewhere what lies below a folder of fixtures is no migration of the project.
  const sql = { files: files.map((glob) => `${glob}/*.sql`), settings: { 'migration-guard': { framework: 'sql' } } };
  // Before the first build there is no guard to ask.
  const guard = existsSync(new URL('dist/eslint.cjs', import.meta.url)) ? require('./dist/eslint.cjs').configs.recommended : [];
  return [{ files, rules: off }, plain, sql, ...guard.map((config) => ({ ...config, files: files.flatMap((glob) => config.files.map((own) => glob + own.slice(2))) }))];
}

export default [...house, ...overrides.filter(isGuarded).flatMap(guarded)];
