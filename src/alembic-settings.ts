/** What one section of `alembic.ini`, or `[tool.alembic]` of `pyproject.toml`, says of the places of revisions. */
export interface AlembicSettings {
  /** Where `env.py` stands, relative to the file's folder; several where it is named by its package. */
  scripts: readonly string[];
  /** Folders of revisions, relative like it. */
  locations: readonly string[];
  /** Folders below them count too. */
  recursive: boolean;
}

/** The names that the file may have, the first that is there is the one. */
export const ALEMBIC_FILES = ['alembic.ini', 'pyproject.toml'] as const;

type Options = ReadonlyMap<string, string>;

/** Reads the text of either file; empty where Alembic is not set up in it. Sections of several databases are several. */
export function alembicSettings(name: string, text: string): AlembicSettings[] {
  const sections = name.endsWith('.toml') ? tomlSections(text) : iniSections(text);
  return sections.flatMap((options) => {
    const script = options.get('script_location');
    if (script === undefined && options.get('version_locations') === undefined) return [];
    const scripts = pathsOf(script ?? '.');
    const written = options.get('version_locations');
    const locations = written === undefined ? scripts.map((folder) => join(folder, 'versions')) : splitPaths(written, options).flatMap(pathsOf);
    return [{ scripts, locations, recursive: /^\s*true\s*$/i.test(options.get('recursive_version_locations') ?? '') }];
  });
}

/** True when revisions of a folder, relative to the settings' own, belong to them. */
export function holdsFolder({ locations, recursive }: AlembicSettings, folder: string): boolean {
  return locations.some((location) => folder === location || (recursive && folder.startsWith(`${location}/`)));
}

/** `[alembic]`, `[alembic:billing]` and whatever a team calls its own; `[DEFAULT]` stands behind each. */
function iniSections(text: string): Options[] {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  let last = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const option = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) {
      current = sections.get(header) ?? new Map<string, string>();
      sections.set(header, current);
    } else if (option !== null) {
      last = (option[1] as string).toLowerCase();
      current.set(last, (option[2] as string).replace(/\s+[#;].*$/, '').trim());
    } else {
      // An indented line goes on with the value.
      current.set(last, `${current.get(last) ?? ''}\n${line.trim()}`);
    }
  }
  const common = sections.get('DEFAULT') ?? new Map<string, string>();
  sections.delete('DEFAULT');
  return [...sections.values()].map((options) => withReferences(new Map([...common, ...options])));
}

/** `%(name)s` of another option; `%(here)s` is the folder of the file. */
function withReferences(options: Options): Options {
  const filled = (value: string, depth = 0): string =>
    depth > 8 ? value : value.replaceAll(/%\((\w+)\)s/g, (_, name: string) => (name === 'here' ? '.' : filled(options.get(name.toLowerCase()) ?? '', depth + 1)));
  return new Map([...options].map(([name, value]) => [name, filled(value).replaceAll('%%', '%')]));
}

function tomlSections(text: string): Options[] {
  const header = /^\[tool\.alembic\][^\n]*$/m.exec(text);
  if (header === null) return [];
  const rest = text.slice(header.index + header[0].length);
  const table = rest.slice(0, /^\[/m.exec(rest)?.index ?? rest.length).replaceAll(/^\s*#.*$/gm, '');
  const found = [...table.matchAll(/^\s*([\w-]+)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|\[([^\]]*)\]|(true|false))/gm)];
  const values = found.map(([, name = '', double, single, list, flag]): [string, string] => {
    const items = [...(list ?? '').matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map((item) => item[1] ?? item[2] ?? '');
    return [name, double ?? single ?? flag ?? items.join('\n')];
  });
  return [withReferences(new Map<string, string>([...values, ['path_separator', 'newline']]))];
}

const SEPARATORS: Record<string, RegExp> = { ':': /:/, ';': /;/, space: / +/, newline: /\n/, os: /[:;](?![\\/])/ };

/** Without a separator of its own, blanks and commas part the paths. */
function splitPaths(written: string, options: Options): string[] {
  const named = options.get('path_separator') ?? options.get('version_path_separator') ?? '';
  return written
    .split(SEPARATORS[named] ?? /[\s,]+/)
    .map((path) => path.trim())
    .filter((path) => path !== '');
}

/** `package.module:folder` stands in the package, which may lie below `src`. */
function pathsOf(path: string): string[] {
  const asset = /^([A-Za-z_][\w.]+):(?![\\/])(.+)$/.exec(path);
  if (asset === null) return [join('.', path)];
  const folder = join((asset[1] ?? '').replaceAll('.', '/'), asset[2] ?? '');
  return [folder, join('src', folder)];
}

function join(base: string, path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of `${absolute ? '' : base}/${path}`.replaceAll('\\', '/').split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return (absolute ? '/' : '') + (parts.join('/') || '.');
}
