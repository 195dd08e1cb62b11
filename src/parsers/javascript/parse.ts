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
  const whole = attempt(source.path, source.text);
  if ('file' in whole) return { ...source, ...whole.file };
  const error = placeOf(whole.failure, source.text);
  let text = source.text;
  let at = error.offset;
  for (let round = 0; round < ROUNDS; round += 1) {
    text = without(text, at);
    const rest = attempt(source.path, text);
    if ('file' in rest) return { ...source, ...rest.file, error };
    at = placeOf(rest.failure, text).offset;
  }
  const program: t.Program = { type: 'Program', body: [], directives: [], sourceType: 'module' };
  return { ...source, program, comments: [], error };
}

/** A file with more broken statements than this is not read. */
const ROUNDS = 6;

type Read = Omit<SourceFile, 'path' | 'text'>;

function attempt(path: string, text: string): { file: Read } | { failure: unknown } {
  let failure: unknown;
  for (const plugins of dialects(path)) {
    try {
      const file = parse(text, { ...OPTIONS, plugins });
      const first = file.errors?.find((error) => !harmless(error));
      return { file: { program: file.program, comments: (file.comments ?? []).map(commentOf), error: first === undefined ? null : placeOf(first, text) } };
    } catch (thrown) {
      failure ??= thrown;
    }
  }
  return { failure };
}

/** The statement around an offset blanked out, so that the rest keeps its places and can be read. */
function without(text: string, offset: number): string {
  const start = Math.max(text.lastIndexOf(';', offset - 1), text.lastIndexOf('\n', offset - 1), text.lastIndexOf('{', offset - 1)) + 1;
  const found = text.slice(offset).search(/[;\n}]/);
  const end = found < 0 ? text.length : Math.max(offset + found, start + 1);
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
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

function placeOf(error: unknown, text: string): { message: string; offset: number } {
  const message = error instanceof Error ? error.message.replace(/\s*\(\d+:\d+\)$/, '') : String(error);
  const { pos, loc } = (typeof error === 'object' && error !== null ? error : {}) as { pos?: number; loc?: { line: number; column: number } };
  // Babel counts some errors in numbers by line and column alone.
  const offset = pos !== undefined && Number.isFinite(pos) ? pos : loc === undefined ? 0 : offsetOf(text, loc.line, loc.column);
  return { message: message.replace(/\.$/, '').split('\n')[0] ?? '', offset };
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/** `line` from 1, `column` from 0, by JavaScript's own ends of line. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (const end of text.matchAll(LINE_END)) {
    if (--line <= 0) break;
    start = end.index + end[0].length;
  }
  return start + column;
}

function commentOf(comment: t.Comment): SourceComment {
  return { span: { start: comment.start ?? 0, end: comment.end ?? 0 }, text: comment.value.trim() };
}
