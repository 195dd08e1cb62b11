import type { Random } from './random.js';

/** A text that was valid once, and where it came from. */
export interface Seed {
  path: string;
  text: string;
}

/** What breaks lexers: delimiters, ends of line, letters outside of the basic plane and halves of them. */
const AWKWARD = [
  "'", '"', '`', '$$', '$a$', '--', '/*', '*/', '//', '#', '\\', "\\'", ';', ',', '(', ')', '[', ']', '{', '}', '${', '}}', '{{', ':name', '?', '%s',
  '\n', '\r', '\r\n', '\t', '\0', '\u2028', '\ufeff', '\u{1f418}', '\ud83d', '\udc18', 'é', 'ı', 'İ', '"""', "'''", 'f"', 'r"', "E'", "U&'", "x'",
  '\\c db\n', 'BEGIN;', 'COMMIT;', 'COPY t FROM stdin;\n1\n\\.\n', '-- migration-guard-disable-next-line', '__proto__', 'constructor', '0', '-1', '1e999',
];

function range(text: string, random: Random, longest: number): [number, number] {
  const start = random.below(text.length + 1);
  return [start, Math.min(text.length, start + 1 + random.below(longest))];
}

type Mutation = (text: string, random: Random, others: readonly Seed[]) => string;

function replaced(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** Without any idea of what the text is. */
const CHARACTERS: readonly Mutation[] = [
  (text, random) => replaced(text, ...range(text, random, 12), ''),
  (text, random) => replaced(text, ...range(text, random, 3), random.pick(AWKWARD)),
  (text, random) => {
    const at = random.below(text.length + 1);
    return replaced(text, at, at, random.pick(AWKWARD));
  },
  (text, random) => {
    const [start, end] = range(text, random, 60);
    return replaced(text, end, end, text.slice(start, end));
  },
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => {
    const at = random.below(text.length + 1);
    return replaced(text, at, at, String.fromCharCode(random.below(0x10000)));
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return replaced(text, at, at, random.pick(['(', '[', '{', '((', "('", 'f(']).repeat(1 + random.below(200)));
  },
];

function tokens(text: string): string[] {
  return text.match(/\s+|[A-Za-z_]\w*|\d+(?:\.\d+)?|'[^'\n]*'|"[^"\n]*"|`[^`]*`|[^\s\w]/g) ?? [];
}

function classOf(token: string): string {
  return /^[A-Za-z_]/.test(token) ? 'word' : /^\d/.test(token) ? 'number' : /^['"`]/.test(token) ? 'string' : /^\s/.test(token) ? 'space' : 'mark';
}

function withTokens(change: (list: string[], random: Random, others: readonly Seed[]) => void): Mutation {
  return (text, random, others) => {
    const list = tokens(text);
    if (list.length < 2) return text;
    change(list, random, others);
    return list.join('');
  };
}

function withLines(change: (lines: string[], random: Random, others: readonly Seed[]) => void): Mutation {
  return (text, random, others) => {
    const lines = text.split('\n');
    change(lines, random, others);
    return lines.join('\n');
  };
}

/** As somebody would who knows words, statements and lines. */
const GRAMMAR: readonly Mutation[] = [
  withTokens((list, random) => void list.splice(random.below(list.length), 1)),
  withTokens((list, random) => {
    const [a, b] = [random.below(list.length), random.below(list.length)];
    [list[a], list[b]] = [list[b] as string, list[a] as string];
  }),
  // A token of the same class from another file: another keyword, another name, another number.
  withTokens((list, random, others) => {
    const at = random.below(list.length);
    const same = tokens(random.pick(others).text).filter((token) => classOf(token) === classOf(list[at] as string));
    if (same.length > 0) list[at] = random.pick(same);
  }),
  withTokens((list, random) => {
    const at = random.below(list.length);
    list.splice(at, 0, list[random.below(list.length)] as string, ' ');
  }),
  withLines((lines, random) => void lines.splice(random.below(lines.length), 1 + random.below(3))),
  withLines((lines, random) => {
    const at = random.below(lines.length);
    lines.splice(at, 0, lines[random.below(lines.length)] as string);
  }),
  withLines((lines, random, others) => {
    const lent = random.pick(others).text.split('\n');
    const from = random.below(lent.length);
    lines.splice(random.below(lines.length + 1), 0, ...lent.slice(from, from + 1 + random.below(6)));
  }),
];

/** A text some mutations away from a valid one. */
export function mutated(seeds: readonly Seed[], random: Random): Seed {
  const { path, text } = random.pick(seeds);
  let result = text;
  const kinds = random.next() < 0.5 ? CHARACTERS : GRAMMAR;
  for (let times = 1 + random.below(4); times > 0; times--) result = random.pick(kinds)(result, random, seeds);
  return { path, text: result };
}
