import fc from 'fast-check';

/** A run of numbers that fast-check may shrink, read as one decision after the other. */
export class Choices {
  private at = 0;

  constructor(private readonly numbers: readonly number[]) {}

  below(limit: number): number {
    const number = this.numbers[this.at++ % this.numbers.length] ?? 0;
    // The same numbers read a second time decide otherwise.
    return (number + 7919 * Math.floor(this.at / this.numbers.length)) % limit;
  }

  /** True `percent` times of a hundred; false once everything is shrunk. */
  often(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  some<T>(list: readonly T[], most: number): T[] {
    const start = this.below(list.length);
    const count = 1 + this.below(Math.min(most, list.length));
    return Array.from({ length: count }, (_, index) => list[(start + index) % list.length] as T);
  }
}

export const draws: fc.Arbitrary<number[]> = fc.array(fc.nat(9999), { minLength: 48, maxLength: 48 });
