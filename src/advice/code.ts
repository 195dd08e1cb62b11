import type { Language } from '../operations/migration.js';
import type { Span } from '../operations/types.js';

/** Strings and comments of a program, by what opens them. */
const OPENERS: Readonly<Record<Exclude<Language, 'sql'>, RegExp>> = {
  python: /#[^\r\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
  javascript: /\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
};

const DOWN = /\bdef\s+(?:downgrade|reverse\w*|backwards?\w*|undo\w*|rollback\w*)\s*\(|(?:^|[\s.])down\s*(?:\(|[:=])/gm;
const UP = /\bdef\s+(?:upgrade|forwards?\w*)\s*\(|(?:^|[\s.])up\s*(?:\(|[:=])/gm;

/** The program without what is in strings and comments, every character at its place; empty for SQL. */
export function codeOf(text: string, language: Language): string {
  if (language === 'sql') return '';
  return text.replace(OPENERS[language], (literal) => literal.replace(/[^\r\n]/g, ' '));
}

/** True for what stands in the function that takes the migration back. */
export function isOnTheWayBack(code: string, offset: number): boolean {
  const last = (pattern: RegExp): number => [...code.slice(0, offset).matchAll(pattern)].at(-1)?.index ?? -1;
  return last(DOWN) > last(UP);
}

/** What a loop goes through when it goes through rows of the database. */
const ROWS = /\.all\s*\(|\.fetch\w*\s*\(|\.objects\b|\.scalars\s*\(|\.find\w*\s*\(|\.(?:query|execute|select|raw|getMany|getRawMany|iterator|yield_per)\s*[(<]|\bknex\s*\(/;

/** Bodies of loops over rows that a query gave. */
export function loopsOverRows(code: string, language: Language): Span[] {
  if (language === 'sql') return [];
  const loops = language === 'python' ? pythonLoops(code) : javascriptLoops(code);
  return loops.filter(({ over }) => ROWS.test(over) || ROWS.test(valueOf(over, code))).map(({ body }) => body);
}

interface Loop {
  over: string;
  body: Span;
}

/** What the variable that a loop goes through was last given. */
function valueOf(over: string, code: string): string {
  const name = /^\s*(\w+)(?:\.rows|\[0\])?\s*$/.exec(over)?.[1];
  if (name === undefined) return '';
  return [...code.matchAll(new RegExp(`(?:^|[\\s[{,])${name}\\b[\\s\\]},]*=(?!=)([^;\\n]*(?:\\n\\s+[.)][^;\\n]*)*)`, 'g'))].map(([, value]) => value).join('\n');
}

function pythonLoops(code: string): Loop[] {
  return [...code.matchAll(/^([ \t]*)for\s[^:\n]*?\sin\s([\s\S]*?):[ \t]*\r?\n/gm)].map(({ 0: header, 1: indent = '', 2: over = '', index }) => {
    const start = index + header.length;
    const after = new RegExp(`^(?![ \\t]*\\r?\\n)(?!${indent}[ \\t])`, 'm').exec(code.slice(start));
    return { over, body: { start, end: after === null ? code.length : start + after.index } };
  });
}

function javascriptLoops(code: string): Loop[] {
  const loops = [...code.matchAll(/\bfor\s+(?:await\s*)?\(\s*(?:const|let|var)\s[^;]*?\sof\s([\s\S]*?)\)\s*\{/g)];
  const calls = [...code.matchAll(/([\w.[\]]+)\.(?:forEach|map)\s*\(\s*async\b[\s\S]*?\{/g)];
  return [...loops, ...calls].map(({ 0: header, 1: over = '', index }) => {
    const start = index + header.length;
    return { over, body: { start, end: closing(code, start) } };
  });
}

/** Offset of the brace that closes a block whose inside begins at `start`. */
function closing(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length; at++) {
    if (code[at] === '{') depth++;
    if (code[at] === '}' && --depth === 0) return at;
  }
  return code.length;
}
