import { numberOf, type Value } from './value.js';
import { toString, type Text } from './text.js';

/** `[[fill]align][sign][#][0][width][,][.precision][type]`. */
const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/s;

/** A known value laid out as `format(value, spec)` does; the text itself where the layout is not understood. */
export function laidOut(value: Value, shown: Text, spec: string): Text {
  const found = SPEC.exec(spec);
  if (spec === '' || found === null || shown.some((part) => part.hole === true)) return shown;
  const [, fill, align, sign, prefix, zero, width, group, precision, letter] = found;
  const number = value.type === 'string' ? null : numberOf(value);
  const text = number === null ? cut(toString(shown), precision) : numeral(number, { sign, prefix, group, precision, letter });
  const filler = fill ?? (zero === undefined ? ' ' : '0');
  const side = align ?? (number === null ? '<' : zero === undefined ? '>' : '=');
  return withPlace(shown, padded(text, Number(width ?? 0), filler, side));
}

function cut(text: string, precision: string | undefined): string {
  return precision === undefined ? text : text.slice(0, Number(precision));
}

/** One piece keeps its place in the file. */
function withPlace(shown: Text, text: string): Text {
  const span = shown.length === 1 ? shown[0]?.span : undefined;
  return [span === undefined ? { text } : { text, span }];
}

interface NumeralOptions {
  sign: string | undefined;
  prefix: string | undefined;
  group: string | undefined;
  precision: string | undefined;
  letter: string | undefined;
}

const RADIX: Record<string, number> = { b: 2, o: 8, x: 16, X: 16 };

function numeral(number: number, { sign, prefix, group, precision, letter }: NumeralOptions): string {
  const digits = digitsOf(Math.abs(number), precision, letter);
  const radix = RADIX[letter ?? ''];
  const lead = prefix !== undefined && radix !== undefined ? `0${letter ?? ''}` : '';
  const grouped = group === undefined ? digits : digits.replace(/\d(?=(?:\d{3})+(?!\d))/g, `$&${group}`);
  const before = number < 0 ? '-' : sign === '+' || sign === ' ' ? sign : '';
  return `${before}${lead}${grouped}`;
}

function digitsOf(number: number, precision: string | undefined, letter: string | undefined): string {
  const places = precision === undefined ? 6 : Number(precision);
  const radix = RADIX[letter ?? ''];
  if (radix !== undefined) return letter === 'X' ? number.toString(radix).toUpperCase() : number.toString(radix);
  switch (letter) {
    case 'f':
    case 'F':
      return number.toFixed(places);
    case '%':
      return `${(number * 100).toFixed(places)}%`;
    case 'e':
    case 'E':
      return number.toExponential(places).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'c':
      return String.fromCodePoint(number);
    default:
      return precision === undefined || letter === 'd' ? String(number) : String(Number(number.toPrecision(places)));
  }
}

function padded(text: string, width: number, fill: string, align: string): string {
  const missing = width - text.length;
  if (missing <= 0) return text;
  const blank = fill.repeat(missing);
  switch (align) {
    case '<':
      return text + blank;
    case '^': {
      const left = Math.floor(missing / 2);
      return fill.repeat(left) + text + fill.repeat(missing - left);
    }
    case '=': {
      const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
      return sign + blank + text.slice(sign.length);
    }
    default:
      return blank + text;
  }
}

/** The flags, width and precision of `%05.2f` as a layout of `format`. */
export function specOfPercent(flags: string, width: string, precision: string, letter: string): string {
  const align = flags.includes('-') ? '<' : '>';
  const zero = flags.includes('0') && !flags.includes('-') ? '0' : '';
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const type = /[sra]/.test(letter) ? '' : letter === 'i' || letter === 'u' ? 'd' : letter;
  const side = zero === '' && width !== '' ? align : '';
  return `${side}${sign}${flags.includes('#') ? '#' : ''}${zero}${width}${precision}${type}`;
}
