import type { Piece } from '../compose.js';
import type { Site, Value } from '../evaluate/value.js';
import type { Shorthands } from './values.js';

export interface Context {
  shorthands: Shorthands;
}

/** What a call makes: one string for each query it becomes. */
type Step = (context: Context, args: readonly Value[], site: Site) => Piece[];

export interface Call {
  run: Step;
  /** What a missing `down` would run; null when the library refuses. */
  reverse?: (context: Context, args: readonly Value[], site: Site) => Piece[] | null;
  /** The call undoes itself with its arguments in this order. */
  swapped?: readonly number[];
}

export type Calls = Record<string, Call>;

/** The steps that undo a call, or null when nothing does. */
export function reversed({ run, reverse, swapped }: Call, context: Context, args: readonly Value[], site: Site): Piece[] | null {
  if (swapped !== undefined) return run(context, swapped.map((index) => args[index] as Value), site);
  return reverse === undefined ? null : reverse(context, args, site);
}
