/**
 * Text of a linted file reaches terminals and CI logs, which act on what they
 * read. Nothing that came from a file may be taken for a command.
 */

const ZERO_WIDTH_SPACE = '​';
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
// `::` counts at the start of a line only; elsewhere it is a cast, which must stay as it is to be copied.
const LOG_COMMAND = /##(?=\[|vso\[|teamcity\[)|^\s*::(?=.*::)/gim;

/** Control characters, bidirectional marks and overrides among them, as visible escapes. */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Also breaks what a CI runner would take for a command in its log. */
export function neutral(text: string): string {
  return visible(text).replace(LOG_COMMAND, (found) => `${found.slice(0, -1)}${ZERO_WIDTH_SPACE}${found.slice(-1)}`);
}

/** On one line. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

const ACTED_ON = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|#(?=#\[|#vso\[|#teamcity\[)/gi;

/** JSON that says the same and holds nothing that a terminal or a log acts on: such characters stand in strings only. */
export function sealedJson(json: string): string {
  return json.replace(ACTED_ON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for XML, and for a line that begins with `::` in an element. */
export function sealedXml(text: string): string {
  return text.replace(ACTED_ON, (character) => `&#${character.charCodeAt(0)};`).replace(/^(\s*):(?=:)/gm, '$1&#58;');
}
