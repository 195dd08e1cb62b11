const IMPORTS = /\b(?:from|import|require\s*\(|import\s*\()\s*(['"])([^'"\n]+)\1/g;

/** Every module a source names, in order; by its text alone. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORTS)].map((match) => match[2] ?? '');
}

const UP = /\bup\b\s*(?::[^=\n]{0,120}?)?(?:=|:)?\s*(?:async\s+)?(?:function\b\s*\w*\s*)?\(?\s*(\w+)/;

/** The first parameter of the file's `up`, as written; null when there is none to be seen. */
export function parameterOf(text: string): string | null {
  const name = UP.exec(text)?.[1] ?? null;
  return name === 'async' || name === 'function' || name === 'void' ? null : name;
}

/** True where `name.method(` stands in the text for one of the methods. */
export function callsOn(text: string, name: string, methods: string): boolean {
  return new RegExp(`(?<![\\w.])${name}\\s*\\.\\s*(?:${methods})\\s*[(\`]`).test(text);
}
