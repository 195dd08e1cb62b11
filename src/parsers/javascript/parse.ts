import { parse, type ParserOptions, type ParserPlugin } from '@babel/parser';
import type * as t from '@babel/types';
import type { SourceComment } from '../../operations/migration.js';
import type { Source } from '../parser.js';

/** One source as Babel reads it. */
export interface SourceFile {
  path: string;
  text: string;
  program: t.Program;
  comments: SourceComment[];
  /** The first thing Babel stumbled over; `program` holds what it could still read. */
  error: { message: string; offset: number } | null;
}

/**
 * Reads a file of any JavaScript dialect. A file that cannot be read at all
 * comes back with an empty program and its error.
 */
export function parseSource(source: Source): SourceFile {
  let failure: unknown;
  for (const plugins of dialects(source.path)) {
    try {
      const file = parse(source.text, { ...OPTIONS, plugins });
      const [first] = file.errors ?? [];
      const error = first === undefined || harmless(first) ? null : placeOf(first);
      return { ...source, program: file.program, comments: (file.comments ?? []).map(commentOf), error };
    } catch (thrown) {
      failure ??= thrown;
    }
  }
  const program: t.Program = { type: 'Program', body: [], directives: [], sourceType: 'module' };
  return { ...source, program, comments: [], error: placeOf(failure) };
}

const OPTIONS: ParserOptions = {
  sourceType: 'unambiguous',
  errorRecovery: true,
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowUndeclaredExports: true,
  allowImportExportEverywhere: true,
  attachComment: false,
};

/** What to try, in order: a `.js` file may be annotated with Flow, a `.ts` file may hold JSX by mistake. */
function dialects(path: string): ParserPlugin[][] {
  const common: ParserPlugin[] = ['decorators-legacy', 'explicitResourceManagement'];
  if (/\.[cm]?ts$/i.test(path)) return [['typescript', ...common]];
  if (/\.tsx$/i.test(path)) return [['typescript', 'jsx', ...common]];
  return [
    ['jsx', ...common],
    ['flow', 'jsx', ...common],
    ['typescript', ...common],
  ];
}

/** A second declaration of a name is an error of the program, not of its text. */
function harmless(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'reasonCode' in error && error.reasonCode === 'VarRedeclaration';
}

function placeOf(error: unknown): { message: string; offset: number } {
  const message = error instanceof Error ? error.message.replace(/\s*\(\d+:\d+\)$/, '') : String(error);
  const pos = typeof error === 'object' && error !== null && 'pos' in error ? error.pos : 0;
  return { message: message.replace(/\.$/, '').split('\n')[0] ?? '', offset: typeof pos === 'number' ? pos : 0 };
}

function commentOf(comment: t.Comment): SourceComment {
  return { span: { start: comment.start ?? 0, end: comment.end ?? 0 }, text: comment.value.trim() };
}
