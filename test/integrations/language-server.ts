import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CACHE, execute } from './cell.js';

const SOURCES = process.env['VSCODE_ESLINT_SOURCES'] ?? 'https://github.com/microsoft/vscode-eslint.git';

/**
 * The server inside the ESLint extension of VS Code, built from its sources as
 * the extension builds it: no package on npm has a current one. Null where they
 * cannot be had, for which the reason has been said.
 */
export async function eslintServer(): Promise<string | null> {
  // The same for every checkout.
  const folder = join(dirname(CACHE), 'vscode-eslint');
  const server = join(folder, 'eslintServer.cjs');
  if (existsSync(server)) return server;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const steps = [
    execute('git', ['clone', '--quiet', '--depth', '1', SOURCES, 'sources'], folder),
    execute('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', '--ignore-scripts'], join(folder, 'sources/server')),
  ];
  const failed = steps.find(({ status }) => status !== 0);
  if (failed !== undefined) {
    process.stderr.write(`\nSKIPPED the language server: its sources could not be had (${failed.stderr.trim().split('\n').at(-1)})\n`);
    return null;
  }
  const entry = join(folder, 'sources/server/src/eslintServer.ts');
  await build({ entryPoints: [entry], outfile: server, bundle: true, platform: 'node', format: 'cjs', target: 'es2022', preserveSymlinks: true, logLevel: 'error' });
  return server;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

export interface Diagnostic {
  code: string;
  message: string;
  severity: number;
  source: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
  codeDescription?: { href: string };
}

export interface CodeAction {
  title: string;
  kind: string;
  edit?: { changes?: Record<string, TextEdit[]>; documentChanges?: { edits: TextEdit[] }[] };
  command?: { command: string; arguments?: unknown[] };
}

export interface TextEdit {
  range: Diagnostic['range'];
  newText: string;
}

/** A client that speaks to the server as an editor does, over its standard input and output. */
export class Editor {
  readonly #server: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #folder: string;
  #buffer = Buffer.alloc(0);
  #id = 0;
  /** Edits that the server asked to be made. */
  readonly applied: CodeAction['edit'][] = [];

  private constructor(server: string, folder: string) {
    this.#folder = folder;
    this.#server = spawn(process.execPath, [server, '--stdio'], { cwd: folder });
    this.#server.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  static async start(server: string, folder: string): Promise<Editor> {
    const editor = new Editor(server, folder);
    const uri = pathToFileURL(folder).href;
    await editor.request('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'project' }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true, applyEdit: true, workspaceEdit: { documentChanges: true }, diagnostics: { refreshSupport: true } },
        textDocument: {
          diagnostic: { dynamicRegistration: true },
          publishDiagnostics: { codeDescriptionSupport: true },
          codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } } },
        },
      },
    });
    editor.#send({ method: 'initialized', params: {} });
    return editor;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.#folder, path)).href;
  }

  open(path: string, languageId: string, text: string): void {
    this.#send({ method: 'textDocument/didOpen', params: { textDocument: { uri: this.uri(path), languageId, version: 1, text } } });
  }

  change(path: string, version: number, text: string): void {
    this.#send({ method: 'textDocument/didChange', params: { textDocument: { uri: this.uri(path), version }, contentChanges: [{ text }] } });
  }

  async diagnostics(path: string): Promise<Diagnostic[]> {
    const { items } = (await this.request('textDocument/diagnostic', { textDocument: { uri: this.uri(path) } })) as { items: Diagnostic[] };
    return items;
  }

  async actions(path: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
    const params = { textDocument: { uri: this.uri(path) }, range: diagnostic.range, context: { diagnostics: [diagnostic], only: ['quickfix'] } };
    return ((await this.request('textDocument/codeAction', params)) ?? []) as CodeAction[];
  }

  /** The edits of an action, which the server sends when the action is chosen. */
  async choose({ command }: CodeAction): Promise<TextEdit[]> {
    if (command === undefined) return [];
    this.applied.length = 0;
    await this.request('workspace/executeCommand', { command: command.command, arguments: command.arguments });
    return this.applied.flatMap((edit) => [...(edit?.documentChanges ?? []).flatMap(({ edits }) => edits), ...Object.values(edit?.changes ?? {}).flat()]);
  }

  request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#id;
    this.#send({ id, method, params });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => (error === undefined ? resolve(result) : reject(new Error(error.message))));
    });
  }

  stop(): void {
    this.#server.kill();
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const header = this.#buffer.indexOf('\r\n\r\n');
      const length = header < 0 ? null : /Content-Length: (\d+)/i.exec(this.#buffer.toString('latin1', 0, header));
      if (length === null || this.#buffer.length < header + 4 + Number(length[1])) return;
      const end = header + 4 + Number(length[1]);
      const message = JSON.parse(this.#buffer.toString('utf8', header + 4, end)) as Message;
      this.#buffer = this.#buffer.subarray(end);
      this.#receive(message);
    }
  }

  #receive(message: Message): void {
    const { id, method, params } = message;
    if (id === undefined) return;
    if (method === undefined) {
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
      return;
    }
    this.#send({ id, result: this.#answer(method, params) });
  }

  #answer(method: string, params: unknown): unknown {
    if (method === 'workspace/configuration') return (params as { items: unknown[] }).items.map(() => this.#settings());
    if (method !== 'workspace/applyEdit') return null;
    this.applied.push((params as { edit: CodeAction['edit'] }).edit);
    return { applied: true };
  }

  /** As the extension sends them for a project that sets `eslint.validate` and nothing else. */
  #settings(): object {
    return {
      validate: 'on',
      packageManager: 'npm',
      useESLintClass: true,
      useFlatConfig: true,
      experimental: {},
      codeAction: { disableRuleComment: { enable: false, location: 'separateLine', commentStyle: 'line' }, showDocumentation: { enable: false } },
      codeActionOnSave: { mode: 'all' },
      format: false,
      quiet: false,
      onIgnoredFiles: 'off',
      options: {},
      rulesCustomizations: [],
      run: 'onType',
      problems: { shortenToSingleLine: false },
      nodePath: null,
      workingDirectory: { directory: this.#folder },
      workspaceFolder: { uri: pathToFileURL(this.#folder).href, name: 'project' },
    };
  }
}
