import type { Span } from '../../operations/types.js';
import { placeholder, settled } from './embedded.js';
import { truthOf, type Value } from './evaluate/value.js';

/** An object of options as a builder call takes it; notes whether anything asked for was not known. */
export class Options {
  partial = false;
  readonly span: Span | undefined;
  private readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value?.kind === 'either' ? value.options[0] : value;
    this.span = value?.span;
    if (value === undefined) return;
    if (value.kind === 'either' || (value.kind === 'dictionary' ? value.open === true : value.kind !== 'primitive')) this.partial = true;
  }

  /** The value under a key; absent and `undefined` are the same. */
  get(key: string): Value | undefined {
    const value = this.value?.kind === 'dictionary' ? this.value.properties.get(key)?.value : undefined;
    return value?.kind === 'primitive' && value.value === undefined ? undefined : value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** From the key to the end of its value. */
  spanOf(key: string): Span | undefined {
    return this.value?.kind === 'dictionary' ? this.value.properties.get(key)?.span : undefined;
  }

  /** As a string would hold it; null counts as absent. */
  text(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined || (value.kind === 'primitive' && value.value === null)) return undefined;
    return this.spell(value, key);
  }

  flag(key: string): boolean {
    const value = this.get(key);
    if (value === undefined) return false;
    const truth = truthOf(value);
    if (truth === null) this.partial = true;
    return truth ?? false;
  }

  items(key: string): Value[] {
    const value = this.get(key);
    if (value === undefined) return [];
    if (value.kind !== 'list' || value.open === true) this.partial = true;
    return value.kind === 'list' ? value.items : [];
  }

  texts(key: string): string[] {
    const value = this.get(key);
    if (value?.kind === 'text') return [this.spell(value, key)];
    return this.items(key).map((item) => this.spell(item, key));
  }

  /** The name that stands for something the author must have given and that cannot be known. */
  hole(key: string): string {
    this.partial = true;
    return placeholder(key);
  }

  private spell(value: Value, key: string): string {
    const { text, partial } = spelt(value, key);
    this.partial ||= partial;
    return text;
  }
}

/** A value as text, with a name in the place of what is not known. */
export function spelt(value: Value | undefined, label: string): { text: string; partial: boolean } {
  if (value?.kind === 'text') return { text: settled(value), partial: value.holes.length > 0 };
  if (value?.kind === 'primitive') return { text: String(value.value), partial: false };
  if (value?.kind === 'either') return { text: spelt(value.options[0], label).text, partial: true };
  return { text: placeholder(value?.kind === 'unknown' ? value.label : label), partial: true };
}
