import type { SourceComment } from '../operations/migration.js';

interface Location {
  line: number;
  column: number;
}

/** An `eslint-disable…` comment as ESLint wants it from a language. */
export interface Directive {
  type: 'disable' | 'enable' | 'disable-line' | 'disable-next-line';
  node: { loc: { start: Location; end: Location }; range: [number, number] };
  value: string;
  justification: string;
}

const DIRECTIVE = /^eslint-(disable-next-line|disable-line|disable|enable)(?:\s+([\s\S]*))?$/;

/** ESLint's own directives among the comments of an SQL or Python file. */
export function directivesOf(
  comments: readonly SourceComment[],
  locate: (offset: number) => Location,
): Directive[] {
  const directives: Directive[] = [];
  for (const { span, text } of comments) {
    const match = DIRECTIVE.exec(text);
    if (match === null) continue;
    const [value = '', ...justification] = (match[2] ?? '').split(/\s-{2,}\s/);
    directives.push({
      type: match[1] as Directive['type'],
      node: { loc: { start: locate(span.start), end: locate(span.end) }, range: [span.start, span.end] },
      value: value.trim(),
      justification: justification.join(' -- ').trim(),
    });
  }
  return directives;
}
