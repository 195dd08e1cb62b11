import type { Finding, Suggestion } from '../finding.js';

export interface Applied {
  text: string;
  count: number;
}

function isWanted({ safe }: Suggestion, all: boolean): boolean {
  return all || safe === true;
}

/**
 * The text with the suggestions of its open findings, the first of each; only
 * those that are safe unless `all`. One that overlaps another waits for the next
 * time, when the file is another one.
 */
export function applySuggestions(text: string, findings: readonly Finding[], all: boolean): Applied {
  const wanted = findings
    .filter(({ suppressed }) => suppressed === null)
    .flatMap(({ suggestions = [] }) => suggestions.filter((one) => isWanted(one, all)).slice(0, 1))
    .sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1]);
  let result = '';
  let at = 0;
  let count = 0;
  let last = -1;
  for (const { range: [start, end], text: replacement } of wanted) {
    if (start < at || start === last) continue;
    result += text.slice(at, start) + replacement;
    at = end;
    last = start;
    count++;
  }
  return { text: result + text.slice(at), count };
}
