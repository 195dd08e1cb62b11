/** Prints Python. Lines longer than this are broken after each argument. */
const WIDTH = 79;

/** A string literal; several lines stand between triple quotes. */
export function pythonString(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\');
  if (text.includes('\n')) return `"""\n${escaped.replaceAll('"""', '\\"\\"\\"')}\n"""`;
  if (escaped.includes('"') && !escaped.includes("'")) return `'${escaped}'`;
  return `"${escaped.replaceAll('"', '\\"')}"`;
}

export function pythonList(items: readonly string[]): string {
  return `[${items.map(pythonString).join(', ')}]`;
}

export function pythonBoolean(value: boolean): string {
  return value ? 'True' : 'False';
}

/** A call with its arguments, keywords already joined to their names. */
export function pythonCallText(callee: string, arguments_: readonly string[]): string {
  const line = `${callee}(${arguments_.join(', ')})`;
  if (line.length <= WIDTH || arguments_.length === 0) return line;
  const lines = arguments_.map((argument) => `    ${argument.replaceAll('\n', '\n    ')},`);
  return `${callee}(\n${lines.join('\n')}\n)`;
}
