import type { Lower } from './lower.js';

export const VIEWS: Readonly<Record<string, Lower>> = {};
