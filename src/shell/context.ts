// What a program sees of the shell that started it: its namespace, files, descriptors and process.
import type { Lab } from '../lab/lab.ts';
import type { Namespace } from '../netns/namespace.ts';
import { openDevice } from './bash/redirect.ts';
import type { Start } from './bash/start.ts';
import type { ChildProcess, Context, FileStat, Process, ProcessEntry } from './command.ts';
import { errorWords } from './files/errors.ts';
import { absolute } from './files/paths.ts';
import { failed } from './files/tree.ts';
import { Signal } from './process/signals.ts';
import { concatenate, PipeWriter, readAll, type Stream } from './process/stream.ts';

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

export class ProgramContext implements Context {
  readonly lab: Lab;
  readonly namespace: Namespace;
  readonly process: Process;
  readonly cwd: string;
  readonly env: ReadonlyMap<string, string>;
  /** The name that the program was called by. */
  readonly name: string;
  /** Standard output could not be written. */
  failed = false;
  private readonly start: Start;

  constructor(start: Start, name: string) {
    this.start = start;
    this.lab = start.shell.session.lab;
    this.namespace = start.namespace;
    this.process = start.task;
    this.cwd = start.cwd;
    this.env = start.environment;
    this.name = name;
  }

  get isTerminal(): boolean {
    return this.stream(1)?.isTerminal === true;
  }

  private stream(fd: number): Stream | undefined {
    return this.start.descriptors.get(fd);
  }

  get stdin(): Uint8Array {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = this.stream(0)?.read(1 << 20);
      if (chunk === undefined || chunk === null) return concatenate(chunks);
      chunks.push(chunk);
    }
  }

  async readStdin(): Promise<Uint8Array> {
    const stream = this.stream(0);
    return stream === undefined ? EMPTY : readAll(stream, this.process, this.start.shell.session);
  }

  async readChunk(): Promise<Uint8Array | null> {
    const stream = this.stream(0);
    while (stream !== undefined && !this.process.killed) {
      const chunk = stream.read(1 << 16);
      if (chunk !== undefined) return chunk;
      await this.process.wait(Number.POSITIVE_INFINITY, (wake) => stream.whenReadable(wake));
    }
    return null;
  }

  out(text: string): void {
    this.write(1, encoder.encode(text));
  }

  err(text: string): void {
    this.write(2, encoder.encode(text));
  }

  outBytes(bytes: Uint8Array): void {
    this.write(1, bytes);
  }

  async drain(): Promise<boolean> {
    const stream = this.stream(1);
    if (!this.start.shell.session.countCommand()) return false;
    if (stream instanceof PipeWriter)
      while (stream.full && !this.process.killed)
        await this.process.wait(Number.POSITIVE_INFINITY, (wake) => stream.whenDrained(wake));
    return !this.process.killed;
  }

  private write(fd: number, bytes: Uint8Array): void {
    const error = this.stream(fd)?.write(bytes) ?? '';
    if (error === 'Broken pipe') this.start.task.kill(Signal.PIPE);
    else if (error !== '' && fd === 1 && !this.failed) {
      this.failed = true;
      this.err(`${this.name}: write error: ${error}\n`);
    }
  }

  async readFile(path: string): Promise<Uint8Array | null> {
    const content = await this.open(path);
    return typeof content === 'string' ? null : content;
  }

  async open(path: string): Promise<Uint8Array | string> {
    const device = openDevice(this.start.shell, path);
    if (device === null) return 'No such file or directory';
    if (device !== undefined) return readAll(device, this.process, this.start.shell.session);
    const bytes = this.files.read(this.namespace, absolute(this.cwd, path));
    return failed(bytes) ? errorWords(bytes) : bytes;
  }

  async writeFile(path: string, bytes: Uint8Array): Promise<string | null> {
    const device = openDevice(this.start.shell, path);
    if (device !== undefined)
      return device === null ? 'No such file or directory' : device.write(bytes) || null;
    const error = this.files.write(this.namespace, absolute(this.cwd, path), bytes);
    return error === null ? null : errorWords(error);
  }

  async appendFile(path: string, bytes: Uint8Array): Promise<string | null> {
    const device = openDevice(this.start.shell, path);
    if (device !== undefined)
      return device === null ? 'No such file or directory' : device.write(bytes) || null;
    const error = this.files.append(this.namespace, absolute(this.cwd, path), bytes);
    return error === null ? null : errorWords(error);
  }

  stat(path: string, follow = true): FileStat | string {
    const place = this.files.locate(this.namespace, absolute(this.cwd, path), follow);
    if (failed(place)) return errorWords(place);
    const { node } = place;
    if (node === null) return errorWords('ENOENT');
    return {
      kind: node.kind,
      mode: node.mode,
      size:
        node.kind === 'file' ? node.size(this.namespace) : node.kind === 'link' ? node.target.length : 4096,
      modified: node.modified * 1000,
      path: place.path,
      target: node.kind === 'link' ? node.target : '',
      names: node.kind === 'directory' ? node.list(this.namespace) : [],
    };
  }

  makeDirectory(path: string): string | null {
    const error = this.files.makeDirectory(this.namespace, absolute(this.cwd, path));
    return error === null ? null : errorWords(error);
  }

  private get files() {
    return this.start.shell.session.files;
  }

  private get path(): string {
    return this.env.get('PATH') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  }

  locate(name: string): string | null {
    return this.start.shell.session.programs.locate(this.namespace, this.cwd, this.path, name);
  }

  processes(): ProcessEntry[] {
    return [...this.start.shell.session.tasks.values()].sort((a, b) => a.pid - b.pid);
  }

  spawn(argv: readonly string[]): ChildProcess | null {
    const { start } = this;
    const { session } = start.shell;
    const resolved = session.programs.resolve(this.namespace, this.cwd, this.path, argv[0]);
    if (resolved.kind === 'missing' || !session.countCommand()) return null;
    const task = session.createTask(argv[0], start.task, start.task.background);
    task.command = argv.join(' ');
    const descriptors = start.descriptors.clone();
    const started = session.scheduler.start(async () => {
      const status = await session.evaluator.program({ ...start, task, descriptors }, resolved, argv);
      descriptors.closeAll();
      task.finish(status);
    });
    return Object.assign(task, { started });
  }

  async run(
    argv: readonly string[],
    namespace: Namespace = this.namespace,
    environment: ReadonlyMap<string, string> = this.env,
  ): Promise<number> {
    const { session } = this.start.shell;
    const resolved = session.programs.resolve(namespace, this.cwd, this.path, argv[0] ?? '');
    if (resolved.kind === 'missing') return -1;
    if (!session.countCommand()) return 1;
    this.start.task.name = argv[0];
    this.start.task.command = argv.join(' ');
    return session.evaluator.program({ ...this.start, namespace, environment }, resolved, argv);
  }
}
