import type { Lower } from './lower.js';

export const SESSION: Readonly<Record<string, Lower>> = {};
