import { describedRules } from './described.js';
import type { Options } from './options.js';
import { destinations, writeReport } from './output.js';
import type { Terminal } from './terminal.js';

/** Lists every rule. */
export function rules(options: Options, terminal: Terminal): number {
  const known = describedRules();
  const width = Math.max(...known.map(({ id }) => id.length)) + 2;
  for (const { format, file } of destinations(options, ['text', 'json'] as const)) {
    const text =
      format === 'json'
        ? `${JSON.stringify(known, null, 2)}\n`
        : known
            .map(({ id, severity, presets, trigger }) => `${id.padEnd(width)}${(presets.length === 0 ? 'off' : severity).padEnd(9)}${trigger}\n`)
            .join('');
    if (file === null) terminal.out(text);
    else writeReport(file, text);
  }
  return 0;
}
