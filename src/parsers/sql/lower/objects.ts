import type { Lower } from './lower.js';

export const OBJECTS: Readonly<Record<string, Lower>> = {};
