/**
 * Turns the parser's offsets into UTF-16 offsets of the text it was given:
 * tree locations count UTF-8 bytes, error positions count code points.
 */
export class Positions {
  /** UTF-16 offset of each byte; absent where all three units agree. */
  private readonly units: Uint32Array | undefined;

  constructor(private readonly text: string) {
    this.units = NOT_ASCII.test(text) ? unitsOfBytes(text) : undefined;
  }

  ofByte(byte: number): number {
    return this.units === undefined ? byte : (this.units[byte] ?? this.text.length);
  }

  ofCodePoint(count: number): number {
    if (this.units === undefined) return count;
    let at = 0;
    for (let seen = 0; seen < count && at < this.text.length; seen++) at += unitsAt(this.text, at);
    return at;
  }
}

 
const NOT_ASCII = /[^\0-\x7f]/;

function unitsAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** A lone surrogate is encoded as U+FFFD, three bytes. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function unitsOfBytes(text: string): Uint32Array {
  const units = new Uint32Array(text.length * 3 + 1);
  let byte = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) {
    const end = byte + bytesOf(text.codePointAt(at) ?? 0);
    while (byte < end) units[byte++] = at;
  }
  units[byte] = text.length;
  return units.subarray(0, byte + 1);
}
