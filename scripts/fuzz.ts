// Mutates the fixtures and holds the linter to its promises (test/fuzz/invariants.ts).
//
//   npm run fuzz -- [--language sql|python|typescript] [--seconds 60] [--seed 1] [--cases 1]
//
// Every failure is printed with the seed that repeats it and written, as short as
// it can be made, into fixtures/fuzz, where the tests find it from then on.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brokenInvariant, type Broken } from '../test/fuzz/invariants.js';
import { mutated, type Seed } from '../test/fuzz/mutate.js';
import { Random } from '../test/fuzz/random.js';
import { FUZZ_LANGUAGES, seedsOf, type FuzzLanguage } from '../test/fuzz/seeds.js';
import '../test/setup.js';

const { values } = parseArgs({
  options: {
    language: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    cases: { type: 'string' },
    keep: { type: 'string', default: resolve(import.meta.dirname, '../fixtures/fuzz') },
  },
});

/** Halves what can be left out, down to single characters, while the same promise is broken. */
function shortened(seed: Seed, { invariant }: Broken): Seed {
  let { text } = seed;
  const until = Date.now() + 20_000;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length && Date.now() < until; ) {
      const shorter = text.slice(0, at) + text.slice(at + size);
      if (brokenInvariant({ ...seed, text: shorter })?.invariant === invariant) text = shorter;
      else at += size;
    }
  }
  return { ...seed, text };
}

function keep(seed: Seed, broken: Broken, language: FuzzLanguage): void {
  const name = `${broken.invariant.replaceAll(' ', '-')}-${createHash('sha256').update(seed.text).digest('hex').slice(0, 8)}`;
  const folder = join(values.keep, language);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}${extname(seed.path)}`), seed.text);
}

function fuzz(language: FuzzLanguage, seconds: number, first: number, limit: number): number {
  const seeds = seedsOf(language);
  const until = Date.now() + seconds * 1000;
  const found = new Set<string>();
  let cases = 0;
  for (; cases < limit && Date.now() < until; cases++) {
    const seed = mutated(seeds, new Random(first + cases));
    const broken = brokenInvariant(seed);
    if (broken === null) continue;
    const shape = `${broken.invariant}\n${broken.detail.replace(/\d+/g, '0').slice(0, 400)}`;
    if (found.has(shape)) continue;
    found.add(shape);
    const short = shortened(seed, broken);
    const detail = brokenInvariant(short)?.detail ?? broken.detail;
    console.log(`\n${broken.invariant}: ${seed.path}\n  repeat: npm run fuzz -- --language ${language} --seed ${first + cases} --cases 1\n${detail}\n---\n${JSON.stringify(short.text)}`);
    keep(short, broken, language);
  }
  console.log(`${language}: ${cases} cases from seed ${first}, ${found.size} kinds of failure`);
  return found.size;
}

const languages = values.language === undefined ? FUZZ_LANGUAGES : FUZZ_LANGUAGES.filter((language) => language === values.language);
let failures = 0;
for (const language of languages) {
  failures += fuzz(language, Number(values.seconds), Number(values.seed), values.cases === undefined ? Infinity : Number(values.cases));
}
process.exitCode = failures === 0 ? 0 : 1;
