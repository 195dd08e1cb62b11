import type { Operation } from '../operations/types.js';
import { schemaOperations } from '../parsers/load.js';
import type { Command } from './commands.js';

const PLACES = new Set(['span', 'statement', 'conditional', 'implied', 'within', 'outside', 'guard']);

function meaning(operations: readonly Operation[]): string {
  return JSON.stringify(operations, (key, value: unknown) => (PLACES.has(key) ? undefined : value));
}

/**
 * The commands in the author's own words wherever the file holds them as they
 * are sent: a clause that we misread must not be confirmed by our own printer.
 */
export function inOwnWords(commands: readonly Command[], text: string): Command[] {
  return commands.map((command) => {
    const { operations, span, unknown } = command;
    if (unknown !== null || operations.some(({ partial }) => partial === true)) return command;
    const written = text.slice(span.start, span.end).trim().replace(/;\s*$/, '');
    if (written === '' || written.length > 1_000_000) return command;
    try {
      return meaning(schemaOperations(written)) === meaning(operations) ? { ...command, sql: [written] } : command;
    } catch {
      return command;
    }
  });
}
