/** Character classes of PostgreSQL's scanner (`src/backend/parser/scan.l`). */

/** Space, tab, line feed, vertical tab, form feed, carriage return; a byte order mark is no part of a name either. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xfeff;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A letter, an underscore, or anything beyond ASCII. */
export function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 128 && code !== 0xfeff);
}

export function isNameChar(code: number): boolean {
  return isNameStart(code) || isDigit(code) || code === 36;
}

export const OPERATOR_CHARACTERS: ReadonlySet<number> = new Set([...'~!@#^&|`?+-*/%<>='].map((c) => c.charCodeAt(0)));

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ESCAPE = /''|\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g;

/** The content of E'…'. */
export function decodeEscapes(content: string): string {
  if (!content.includes('\\') && !content.includes("''")) return content;
  return content.replace(ESCAPE, (whole: string, hex?: string, four?: string, eight?: string, octal?: string, other?: string) => {
    const digits = hex ?? four ?? eight;
    if (digits !== undefined) return character(parseInt(digits, 16), whole);
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    return other === undefined ? "'" : (SIMPLE_ESCAPES[other] ?? other);
  });
}

/** The content of U&'…' and U&"…" under the usual escape character. */
export function decodeUnicode(content: string): string {
  return content.replace(/\\(?:\\|\+([\da-fA-F]{6})|([\da-fA-F]{4}))/g, (whole: string, six?: string, four?: string) => {
    const digits = six ?? four;
    return digits === undefined ? '\\' : character(parseInt(digits, 16), whole);
  });
}

function character(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}
