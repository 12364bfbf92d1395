// Recordings of commands on Linux 6.1 with what they printed, and the same commands run in a lab. A recording is text:
// `$ command words`, the lines of standard output, those of standard error with `! ` in front, and `[status]` if it was
// not 0.
import { readFileSync } from 'node:fs';
import { writeSysctl } from '../../../../src/admin/sysctl.ts';
import { createLab } from '../../../../src/lab/create.ts';
import type { Lab } from '../../../../src/lab/lab.ts';
import type { Namespace } from '../../../../src/netns/namespace.ts';
import type { Command, Context } from '../../../../src/shell/command.ts';
import { bridge } from '../../../../src/shell/commands/bridge/bridge.ts';
import { ip } from '../../../../src/shell/commands/ip/ip.ts';
import { ping } from '../../../../src/shell/commands/ping/ping.ts';

export interface Entry {
  readonly line: string;
  /** As it stands in the recording. */
  readonly printed: string;
}

export function readTranscript(url: URL): Entry[] {
  const parts = readFileSync(url, 'utf8').split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const end = part.indexOf('\n');
    return { line: part.slice(0, end), printed: part.slice(end + 1) };
  });
}

/** Words between blanks; single quotes hold what stands between them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

/** `sysctl -w KEY=VALUE`. */
function sysctl({ namespace, out }: Context, [, setting = '']: readonly string[]): number {
  const [key, value] = setting.split('=') as [string, string];
  writeSysctl(namespace, key.replaceAll('.', '/'), value);
  out(`${key} = ${value}\n`);
  return 0;
}

const shell = (
  status: (context: Context, words: readonly string[]) => number | Promise<number>,
  name: string,
) => ({
  name,
  run: status,
});

const COMMANDS: readonly Command[] = [
  ip,
  bridge,
  ping,
  shell(sysctl, 'sysctl'),
  shell(() => 0, 'true'),
  shell(() => 1, 'false'),
  shell((_, words) => Number(words[1]?.split(' ')[1]), 'sh'),
  shell(async ({ process }, words) => {
    await process.sleep(Number(words[0]) * 1e6);
    return 0;
  }, 'sleep'),
];

/** What one command takes on a slow machine. */
const COMMAND_TIME = 20_000;

class Run {
  readonly lab: Lab = createLab({ ipv6Disabled: true });
  private out = '';
  private err = '';
  private readonly files: ReadonlyMap<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files));
  }

  /** Runs the words and gives what they printed, in the form of a recording. */
  async command(words: readonly string[]): Promise<string> {
    this.out = '';
    this.err = '';
    const status = await this.execute(words, this.lab.kernel.initial);
    this.lab.runUntil(this.lab.kernel.clock.now + COMMAND_TIME);
    const err = this.err.replace(/^(?!$)|^(?=\n)/gm, '! ');
    return `${this.out}${err}${status === 0 ? '' : `[${status}]\n`}`;
  }

  private async execute([name, ...words]: readonly string[], namespace: Namespace): Promise<number> {
    const command = COMMANDS.find((each) => each.name === name);
    return command === undefined ? -1 : command.run(this.context(namespace), words);
  }

  private context(namespace: Namespace): Context {
    const { lab } = this;
    return {
      lab,
      namespace,
      processes: () => [],
      process: {
        pid: 700,
        killed: false,
        signal: 0,
        onKill: () => {},
        sleep: async (time: number) => lab.runUntil(lab.kernel.clock.now + time),
        wait: async (time: number, start: (wake: () => void) => void) => this.wait(time, start),
      },
      stdin: new Uint8Array(0),
      readStdin: async () => new TextEncoder().encode(this.files.get('-') ?? ''),
      cwd: '/',
      env: new Map<string, string>(),
      isTerminal: false,
      out: (text: string) => {
        this.out += text;
      },
      err: (text: string) => {
        this.err += text;
      },
      readFile: async (path: string) => {
        const content = this.files.get(path);
        return content === undefined ? null : new TextEncoder().encode(content);
      },
      run: (argv: readonly string[], inside?: Namespace) => this.execute(argv, inside ?? namespace),
    } as unknown as Context;
  }

  private wait(time: number, start: (wake: () => void) => void): boolean {
    const { clock } = this.lab.kernel;
    let woken = false;
    start(() => {
      woken = true;
    });
    const end = clock.now + time;
    this.lab.settle();
    while (!woken && clock.now < end)
      this.lab.runUntil(Math.min(end, Math.max(clock.now, this.lab.nextEvent())));
    return woken;
  }
}

/** Plays the commands of a recording in a new lab: what each printed. */
export async function replay(
  entries: readonly Entry[],
  files: Readonly<Record<string, string>> = {},
): Promise<Entry[]> {
  const run = new Run(files);
  const played: Entry[] = [];
  for (const { line } of entries) played.push({ line, printed: await run.command(wordsOf(line)) });
  return played;
}
