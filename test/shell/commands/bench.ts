import type { Lab } from '../../../src/lab/lab.ts';
import type { Namespace } from '../../../src/netns/namespace.ts';
import type { Command, Context, Process } from '../../../src/shell/command.ts';

/** One process: virtual time passes only while it waits. A signal may be set for a virtual moment. */
class BenchProcess implements Process {
  vrf = '';
  readonly pid = 700;
  killed = false;
  signal = 0;
  private readonly lab: Lab;
  private readonly handlers: (() => void)[] = [];
  private wake: () => void = () => {};

  constructor(lab: Lab) {
    this.lab = lab;
  }

  kill(signal: number): void {
    this.killed = true;
    this.signal = signal;
    for (const handler of this.handlers) handler();
    this.wake();
  }

  onKill(run: () => void): void {
    this.handlers.push(run);
  }

  async sleep(microseconds: number): Promise<void> {
    await this.wait(microseconds, () => {});
  }

  async wait(microseconds: number, start: (wake: () => void) => void): Promise<boolean> {
    let woken = false;
    this.wake = () => {
      woken = true;
    };
    start(this.wake);
    const { clock } = this.lab.kernel;
    const end = clock.now + microseconds;
    this.lab.settle();
    while (!woken && !this.killed && clock.now < end) {
      this.lab.runUntil(Math.min(end, Math.max(clock.now, this.lab.nextEvent())));
      if (this.lab.nextEvent() === Number.POSITIVE_INFINITY && end === Number.POSITIVE_INFINITY) break;
    }
    return woken;
  }
}

export interface Outcome {
  /** Standard output and standard error as they would appear in one file. */
  readonly text: string;
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

export interface RunOptions {
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** A signal at so many virtual microseconds from the start. */
  readonly signal?: { readonly number: number; readonly after: number };
  readonly isTerminal?: boolean;
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** Runs one command in a namespace of a lab. */
export async function runCommand(
  lab: Lab,
  namespace: Namespace,
  command: Command,
  line: string | readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const process = new BenchProcess(lab);
  const printed = { text: '', out: '', err: '' };
  const files = new Map(
    Object.entries({ '/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tvrouter\n', ...options.files }),
  );
  const context = {
    lab,
    namespace,
    process,
    stdin: new Uint8Array(0),
    cwd: '/',
    env: new Map<string, string>(),
    isTerminal: options.isTerminal ?? false,
    out: (text: string) => {
      printed.text += text;
      printed.out += text;
    },
    err: (text: string) => {
      printed.text += text;
      printed.err += text;
    },
    readFile: async (path: string) => {
      const content = files.get(path);
      return content === undefined ? null : bytesOf(content);
    },
  } as unknown as Context;
  const { signal } = options;
  if (signal !== undefined) lab.kernel.clock.schedule(signal.after, () => process.kill(signal.number));
  const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
  const status = await command.run(context, words);
  return { ...printed, status };
}
