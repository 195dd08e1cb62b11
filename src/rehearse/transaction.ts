import type { Database } from './database.js';

/**
 * Transactions of a migration. On a database of somebody else's they are
 * savepoints of the one transaction that is rolled back in the end.
 */
export class Transaction {
  #open = false;

  constructor(private readonly database: Database) {}

  get isOpen(): boolean {
    return this.#open;
  }

  /** True when the server is in a transaction block, whoever opened it. */
  get inside(): boolean {
    return this.#open || this.database.belongs === 'borrowed';
  }

  private async send(own: string, borrowed: string): Promise<void> {
    await this.database.session.query(this.database.belongs === 'own' ? own : borrowed);
  }

  async begin(modes = ''): Promise<void> {
    if (this.#open) return;
    await this.send(`BEGIN ${modes}`, 'SAVEPOINT migration');
    this.#open = true;
  }

  async commit(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.send('COMMIT', 'RELEASE SAVEPOINT migration');
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.send('ROLLBACK', 'ROLLBACK TO SAVEPOINT migration; RELEASE SAVEPOINT migration');
  }
}
