import type { Lowering } from './tree.js';

/** A DO block: the call, and its body for the reader to go through. */
export function doBlock(s: Lowering, language = 'plpgsql'): void {
  const body = s.tokens.slice(s.first, s.last).find((token, index, all) => token.kind === 'string' && all[index - 1]?.value !== 'language');
  const readable = language === 'plpgsql' && body !== undefined;
  s.emit({ kind: 'call', language, text: body?.value ?? '', ...(!readable && { opaque: true as const }) }, s.span(s.first));
  if (readable) s.body = body;
}
