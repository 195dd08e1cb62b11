import type { Report } from '../report.js';
import type { Reporter } from './reporter.js';

const INDENT = '    ';

/** As `JSON.stringify` would print it one level further in: a string never holds an end of line. */
function inner(value: unknown): string {
  return INDENT + JSON.stringify(value, null, 2).replaceAll('\n', `\n${INDENT}`);
}

function* list(name: string, items: readonly unknown[]): Generator<string> {
  if (items.length === 0) return yield `  "${name}": [],\n`;
  yield `  "${name}": [\n`;
  for (const [index, item] of items.entries()) yield `${inner(item)}${index === items.length - 1 ? '' : ','}\n`;
  yield '  ],\n';
}

function* member(name: string, value: unknown, end = ','): Generator<string> {
  yield `  "${name}": ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}${end}\n`;
}

/** The JSON report piece by piece: of ten thousand files it is larger than all else that a run holds. */
export function* jsonPieces({ version, tool, postgres, files, findings, summary }: Report): Generator<string> {
  yield '{\n';
  yield* member('version', version);
  yield* member('tool', tool);
  yield* member('postgres', postgres);
  yield* list('files', files);
  yield* list('findings', findings);
  yield* member('summary', summary, '');
  yield '}\n';
}

/** The report itself. Scripts depend on it. */
export const json: Reporter = (report) => [...jsonPieces(report)].join('');
