// ESLint 10 reads this file and no other; what it says stands in .eslintrc.cjs.
import { createRequire } from 'node:module';
import { FlatCompat } from '@eslint/eslintrc';
import js from '@eslint/js';

const compat = new FlatCompat({
  baseDirectory: import.meta.dirname,
  recommendedConfig: js.configs.recommended,
  allConfig: js.configs.all,
});

export default compat.config(createRequire(import.meta.url)('./.eslintrc.cjs'));
