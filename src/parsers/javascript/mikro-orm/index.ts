import { boundMethod, instantiate } from '../evaluate/declarations.js';
import { commonJsOf } from '../evaluate/modules.js';
import { type ClassValue, type Dictionary, truthOf, type Value } from '../evaluate/value.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { indented, template, worded, type Wording } from '../rewrite.js';
import { Queue, Run } from '../run.js';
import { importsOf } from '../signature.js';
import type { Host, Source } from '../../parser.js';
import { core } from './core.js';
import { inherited } from './inherited.js';

/** The package's own class, or a project's `Migration` that hands on `addSql`. */
function recognise({ text }: Source): boolean {
  if (!/\bclass\b[^{]*\bextends\s+[\w.]*Migration\w*\b/.test(text) && !extendsRenamed(text)) return false;
  if (!/\bup\b/.test(text)) return false;
  const imports = importsOf(text);
  if (imports.some((name) => name.includes('migrations-mongodb'))) return false;
  return imports.some((name) => name.startsWith('@mikro-orm/migrations')) || /\bthis\s*\.\s*addSql\s*\(/.test(text);
}

/** `import { Migration as Base }`. */
function extendsRenamed(text: string): boolean {
  const name = /\bMigration\s+as\s+(\w+)\b/.exec(text)?.[1];
  return name !== undefined && new RegExp(`\\bclass\\b[^{]*\\bextends\\s+${name}\\b`).test(text);
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run = new Run(file, outside, () => core);
  const classes = migrationClasses(run);
  const own = classes.some((value) => !isTransactional(run, value));
  const up = run.direction(() => classes.forEach((value) => runMethod(run, value, 'up')));
  const down = run.direction(() => [...classes].reverse().forEach((value) => runMethod(run, value, 'down')));
  return run.finished({
    up,
    down: classes.some((value) => boundMethod(value, 'down', value) !== null) ? down : null,
    transaction: own ? 'none' : 'batch',
    setBy: own ? 'isTransactional() returns false' : null,
    notices: own ? ['isTransactional() returns false: the file runs on a connection of its own while the transaction of the whole run stays open'] : [],
  });
}

function migrationClasses({ machine }: Run): ClassValue[] {
  const { scope } = machine.main;
  const found = new Set<Value>();
  for (const name of scope.names()) found.add(scope.own(name) as Value);
  for (const { value } of commonJsOf(machine.main).properties.values()) found.add(value);
  const classes = [...found].filter((value): value is ClassValue => value.kind === 'class' && boundMethod(value, 'up', value) !== null);
  return [...new Map(classes.map((value) => [value.node, value])).values()].filter(({ node }) => !('abstract' in node && node.abstract === true));
}

function isTransactional(run: Run, value: ClassValue): boolean {
  const method = boundMethod(value, 'isTransactional', value);
  return method === null || truthOf(run.call(method, [], { span: run.machine.spanOf(value.node), callee: 'isTransactional' })) !== false;
}

/** `addSql` waits until the method has ended; `execute` does not. */
function runMethod(run: Run, value: ClassValue, direction: 'up' | 'down'): void {
  const site = { span: run.machine.spanOf(value.node), callee: direction };
  const self: Dictionary = instantiate(run.machine, value, [], site, (callee, args) => run.call(callee, args, site));
  const queue = new Queue();
  for (const [name, member] of inherited(run, queue)) {
    if (boundMethod(value, name, self) === null && !self.properties.has(name)) self.properties.set(name, { value: member });
  }
  const method = boundMethod(value, direction, self);
  if (method === null) return;
  run.machine.conditions = [];
  run.call(method, [], site);
  queue.flush(run);
}

const wording: Wording = {
  line: (sql) => `this.addSql(${template(sql)});`,
  apart: (lines, language) => ({
    code: [
      language === 'typescript' ? 'override isTransactional(): boolean {' : 'isTransactional() {',
      '  return false;',
      '}',
      '',
      language === 'typescript' ? 'override async up(): Promise<void> {' : 'async up() {',
      ...indented(lines),
      '}',
    ],
    note: 'The file then runs on a connection of its own while the transaction of the run stays open: deploy it apart from files that lock the same table.',
  }),
};

/** MikroORM's class migrations on PostgreSQL. */
export const mikroOrm: FrontEnd = { framework: 'mikro-orm', recognise, lower, write: (step, migration) => worded(step, migration, wording) };
