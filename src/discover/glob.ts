const PARTS = /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]]+\]|[\s\S]/g;

function part(text: string): string {
  if (text === '**/') return '(?:.*/)?';
  if (text === '**') return '.*';
  if (text === '*') return '[^/]*';
  if (text === '?') return '[^/]';
  if (text.length > 1 && text.startsWith('{')) return `(?:${text.slice(1, -1).split(',').map(source).join('|')})`;
  if (text.length > 1 && text.startsWith('[')) return text.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function source(glob: string): string {
  return (glob.match(PARTS) ?? []).map(part).join('');
}

/** What a glob matches: paths with forward slashes, from where the glob is written; a folder stands for all below it. */
export function globMatcher(glob: string): RegExp {
  const plain = glob.replace(/^\.\//, '').replace(/\/$/, '');
  return new RegExp(`^${source(plain)}(?:/.*)?$`);
}
