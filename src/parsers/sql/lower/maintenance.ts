import type { Lower } from './lower.js';

export const MAINTENANCE: Readonly<Record<string, Lower>> = {};
