import type { Lower } from './lower.js';

export const ROUTINES: Readonly<Record<string, Lower>> = {};
