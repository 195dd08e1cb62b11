// What @lezer/python does each time it is loaded, done once while building: its
// tables are decoded from text by a loop that no process runs often enough to
// make fast, and its nodes are given colours that nobody looks at. Together half
// of what the Python chunk costs before it reads a file.
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { parser } from '@lezer/python';

const TOKEN_TABLE = parser.tokenizers.find(({ data }) => data instanceof Uint16Array)?.data;

/** Names in the package's text and the arrays they become. */
const TABLES = { states: parser.states, stateData: parser.data, goto: parser.goto, tokenData: TOKEN_TABLE };

const DECODE = `
const table = (text, Type) => {
  const bytes = Buffer.from(text, 'base64');
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 0) Type.BYTES_PER_ELEMENT === 2 ? bytes.swap16() : bytes.swap32();
  return new Type(Uint8Array.from(bytes).buffer);
};
`;

function base64({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT }) {
  const bytes = Buffer.from(Buffer.from(buffer, byteOffset, byteLength));
  if (endianness() === 'BE') BYTES_PER_ELEMENT === 2 ? bytes.swap16() : bytes.swap32();
  return bytes.toString('base64');
}

function decoded(source) {
  let text = source;
  for (const [name, array] of Object.entries(TABLES)) {
    const written = new RegExp(`(?<=\\b${name}: )"(?:[^"\\\\]|\\\\.)*"`);
    if (array === undefined || !written.test(text)) throw new Error(`@lezer/python: the table "${name}" is not where it was`);
    text = text.replace(written, () => `table("${base64(array)}", ${array.constructor.name})`);
  }
  return DECODE + text;
}

const COLOURLESS = `
const tag = new Proxy(() => tag, { get: () => tag });
export const tags = tag;
export const styleTags = () => () => null;
`;

export const pythonGrammar = {
  name: 'python-grammar',
  setup(build) {
    build.onLoad({ filter: /@lezer[\\/]python[\\/]dist[\\/]index\.c?js$/ }, ({ path }) => ({ contents: decoded(readFileSync(path, 'utf8')) }));
    build.onResolve({ filter: /^@lezer\/highlight$/ }, () => ({ path: 'highlight', namespace: 'colourless' }));
    build.onLoad({ filter: /.*/, namespace: 'colourless' }, () => ({ contents: COLOURLESS }));
  },
};
