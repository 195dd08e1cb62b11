// Mutates the fixtures and holds the linter to its promises (test/fuzz/invariants.ts).
//
//   npm run fuzz -- [--language sql|python|typescript] [--seconds 60] [--seed 1] [--cases 1]
//
// The cases run in a process of their own, so that one that never ends, or takes the
// process with it, is a failure like any other. Every failure is printed with the seed
// that repeats it and written, as short as it can be made, into fixtures/fuzz, where the
// tests find it from then on.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Assignment, Message } from '../test/fuzz/examine-cases.js';
import { mutated } from '../test/fuzz/mutate.js';
import { Random } from '../test/fuzz/random.js';
import { FUZZ_LANGUAGES, seedsOf, type FuzzLanguage } from '../test/fuzz/seeds.js';

const { values } = parseArgs({
  options: {
    language: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    cases: { type: 'string' },
    keep: { type: 'string', default: resolve(import.meta.dirname, '../fixtures/fuzz') },
  },
});

/** Cases for one process: memory that a run leaves behind goes with it. */
const BATCH = 2000;

/** How long a case may be silent, in milliseconds: a busy machine needs its time to start, and a failure is made short for 20 s. */
const SILENCE = 300_000;

interface Campaign {
  language: FuzzLanguage;
  found: Set<string>;
  /** Number of the next case. */
  next: number;
}

function keep(path: string, text: string, invariant: string, language: FuzzLanguage): void {
  const name = `${invariant.replaceAll(' ', '-')}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  const folder = join(values.keep, language);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}${extname(path)}`), text);
}

function failure(campaign: Campaign, { seed, shape, path, text, broken }: Extract<Message, { type: 'broken' }>): void {
  const { language, found } = campaign;
  if (found.has(shape)) return;
  found.add(shape);
  console.log(`\n${broken.invariant}: ${path}\n  repeat: npm run fuzz -- --language ${language} --seed ${seed} --cases 1\n${broken.detail}\n---\n${JSON.stringify(text)}`);
  keep(path, text, broken.invariant, language);
}

/** One process's share; resolves once it has ended, by itself or not. */
async function batch(campaign: Campaign, cases: number, until: number): Promise<void> {
  const { language, found } = campaign;
  const child = fork(resolve(import.meta.dirname, '../test/fuzz/examine-cases.ts'), { execArgv: process.execArgv });
  const assignment: Assignment = { language, first: campaign.next, cases, found: [...found] };
  let current = campaign.next;
  let hung = false;
  const patience = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, SILENCE);
  let over = false;
  child.on('message', (message: Message) => {
    patience.refresh();
    if (message.type === 'broken') return failure(campaign, message);
    current = message.seed;
    if (Date.now() < until) return;
    over = true;
    child.kill('SIGKILL');
  });
  child.send(assignment);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearTimeout(patience);
  campaign.next = current + (over ? 0 : 1);
  if (over || code === 0) return;
  const invariant = hung ? 'hang' : 'death';
  const detail = hung ? `no end within ${SILENCE / 1000} s` : `the process ended with ${code}`;
  const { path, text } = mutated(seedsOf(language), new Random(current));
  failure(campaign, { type: 'broken', seed: current, shape: `${invariant} ${current}`, path, text, broken: { invariant, detail } });
}

async function fuzz(language: FuzzLanguage, seconds: number, first: number, limit: number): Promise<number> {
  const until = Date.now() + seconds * 1000;
  const campaign: Campaign = { language, found: new Set(), next: first };
  while (campaign.next < first + limit && Date.now() < until) {
    await batch(campaign, Math.min(BATCH, first + limit - campaign.next), until);
  }
  console.log(`${language}: ${campaign.next - first} cases from seed ${first}, ${campaign.found.size} kinds of failure`);
  return campaign.found.size;
}

const languages = values.language === undefined ? FUZZ_LANGUAGES : FUZZ_LANGUAGES.filter((language) => language === values.language);
let failures = 0;
for (const language of languages) {
  failures += await fuzz(language, Number(values.seconds), Number(values.seed), values.cases === undefined ? Infinity : Number(values.cases));
}
process.exitCode = failures === 0 ? 0 : 1;
