import type { ESLint } from 'eslint';
import { read, isMigration } from '../lint.js';
import type { Language, SourceComment } from '../operations/migration.js';
import { MigrationSourceCode, treeOf, type MigrationTree } from './source-code.js';

export type EslintLanguage = NonNullable<ESLint.Plugin['languages']>[string];

interface EslintFile {
  path: string;
  body: string | Uint8Array;
  bom: boolean;
}

interface LanguageOptions {
  parserOptions?: object;
  parser?: unknown;
}

function textOf(file: EslintFile): string {
  return typeof file.body === 'string' ? file.body : new TextDecoder().decode(file.body);
}

/** The comments that may hold a directive of ESLint's; most files have none, and need not be read for them. */
function commentsOf(text: string, language: Language): readonly SourceComment[] {
  if (!text.includes('eslint-')) return [];
  const migration = read({ path: `file.${language === 'python' ? 'py' : 'sql'}`, text }, { always: true });
  return isMigration(migration) ? migration.comments : [];
}

/**
 * A language for ESLint 9.7 and later. It forgives options of other languages:
 * an unscoped JavaScript configuration hands it `parser`, `sourceType` and the
 * rest, and a language that refused them would fail the whole run.
 */
export function languageFor(language: Language): EslintLanguage {
  return {
    fileType: 'text',
    lineStart: 1,
    columnStart: 0,
    nodeTypeKey: 'type',
    visitorKeys: { MigrationFile: [] },
    defaultLanguageOptions: {},
    validateLanguageOptions(): void {},
    normalizeLanguageOptions(options: LanguageOptions | undefined): object {
      const full = {
        ecmaVersion: 2026,
        sourceType: 'module',
        globals: {},
        ...options,
        parserOptions: { ...options?.parserOptions },
      };
      return {
        ...full,
        // The cache serialises the options; a parser object would not survive it.
        toJSON() {
          const { parser: _, ...rest } = full;
          return rest;
        },
      };
    },
    // A file that cannot be read is a finding, never a fatal error of ESLint's.
    parse: (file: EslintFile) => ({ ok: true, ast: treeOf(textOf(file)) }),
    createSourceCode(file: EslintFile, { ast }: { ast: MigrationTree }) {
      const text = textOf(file);
      return new MigrationSourceCode(text, file.bom, ast, commentsOf(text, language));
    },
  } as unknown as EslintLanguage;
}
