import type { Lower } from './lower.js';

export const TYPES: Readonly<Record<string, Lower>> = {};
