import type { Lowering } from './tree.js';

export function doBlock(s: Lowering, language: string | undefined): void {
  const body = s.tokens.slice(s.first, s.last).find((token) => token.kind === 'string');
  s.emit({ kind: 'call', language: language ?? 'plpgsql', text: body?.value ?? '', opaque: true }, s.span(s.first));
}
