// A peer's process: a line in, a line out.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

export class PeerProcess {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.reader = createInterface({ input: this.child.stdout! });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** The next line that the peer prints. */
  async line(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`${this.child.spawnfile} ended`);
    return value;
  }

  async ask(question: string): Promise<string> {
    this.child.stdin!.write(`${question}\n`);
    return await this.line();
  }

  end(): void {
    this.child.stdin!.end();
  }
}
