import type { Plugin } from 'esbuild';

export function lazyModules(define: Readonly<Record<string, string>>): Plugin;
