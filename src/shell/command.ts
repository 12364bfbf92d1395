// What a command of the lab shell is: one file under commands/, one object of this shape, one line in the registry.
import type { Lab } from '../lab/lab.ts';
import type { Namespace } from '../netns/namespace.ts';

/** A process of the lab: one run of a command, on the virtual clock. */
export interface Process {
  /** The virtual process id, as `$!` gives it. */
  readonly pid: number;
  /** True once `kill` or the end of the script asked it to end. */
  readonly killed: boolean;
  /**
   * The signal that asked it to end (2 INT, 9 KILL, 13 PIPE, 15 TERM), 0 for none. A program that has no handler for
   * it ends with 128 + the signal.
   */
  readonly signal: number;
  /** Name of the VRF device that its sockets are bound to when they are made (`ip vrf exec`), '' for none. */
  vrf: string;
  /** Runs when the process is asked to end (SIGTERM, SIGINT); may be called at once if it already was. */
  onKill(run: () => void): void;
  /** Virtual microseconds pass; other processes and the network go on meanwhile. Ends early when killed. */
  sleep(microseconds: number): Promise<void>;
  /**
   * Waits until `wake` is called or `microseconds` (Infinity for ever) have passed or the process is killed.
   * `start` is called at once with the function to wake by. Resolves with true if it was woken.
   */
  wait(microseconds: number, start: (wake: () => void) => void): Promise<boolean>;
}

/** A process that a command started. */
export interface ChildProcess {
  /** Resolves when it first waits for something, or has ended. */
  readonly started: Promise<void>;
  readonly done: boolean;
  readonly status: number;
  kill(signal: number): void;
  whenDone(run: () => void): void;
}

/** A process as `ps` and `pkill` see it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly name: string;
  /** With its arguments. */
  readonly command: string;
  /** A shell of the script. */
  readonly shell: boolean;
  /** The network namespace that it runs in. */
  readonly namespace: Namespace;
  /** As Process.vrf. */
  readonly vrf: string;
  kill(signal: number): void;
}

/** A file, directory or link. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Microseconds since the epoch. */
  readonly modified: number;
  /** Without links. */
  readonly path: string;
  /** Of a link. */
  readonly target: string;
  /** Names in a directory, in order. */
  readonly names: readonly string[];
}

/** What a command may use. */
export interface Context {
  readonly lab: Lab;
  /** The network namespace it runs in. */
  readonly namespace: Namespace;
  readonly process: Process;
  /** What can be read without waiting: all of it, unless it is a pipe whose writer still runs (see `readStdin`). */
  readonly stdin: Uint8Array;
  /** All of standard input, waiting for its end. */
  readStdin(): Promise<Uint8Array>;
  /** The next piece of standard input, waiting for it; null at the end. */
  readChunk(): Promise<Uint8Array | null>;
  readonly cwd: string;
  readonly env: ReadonlyMap<string, string>;
  /** Whether output goes to a terminal (the interactive prompt). */
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Raw bytes on standard output. */
  outBytes(bytes: Uint8Array): void;
  /** For what writes piece by piece: waits while the reader is far behind; false once nobody wants more. */
  drain(): Promise<boolean>;
  /** The whole file, or null if it cannot be read; virtual files such as /proc/sys/… included. */
  readFile(path: string): Promise<Uint8Array | null>;
  /** As `readFile`, with the reason (strerror) as text instead of null. */
  open(path: string): Promise<Uint8Array | string>;
  /** What is at a path, or why nothing is (strerror); a link itself if `follow` is false. */
  stat(path: string, follow?: boolean): FileStat | string;
  /** An error text (strerror) or null. */
  makeDirectory(path: string): string | null;
  /** Creates or replaces a file; an error text (strerror) or null. */
  writeFile(path: string, bytes: Uint8Array): Promise<string | null>;
  appendFile(path: string, bytes: Uint8Array): Promise<string | null>;
  /**
   * Runs a program (its words already split) as execvp(3) would, in this process, optionally in another namespace; its
   * output is ours. Resolves with its exit status; -1, and nothing is printed, if there is no such program.
   */
  run(
    argv: readonly string[],
    namespace?: Namespace,
    environment?: ReadonlyMap<string, string>,
  ): Promise<number>;
  /** Starts a program in a process of its own; null if there is no such program. */
  spawn(argv: readonly string[]): ChildProcess | null;
  /** All processes that have not ended, in order of process id. */
  processes(): ProcessEntry[];
  /** The path of a program as PATH finds it, or null. */
  locate(name: string): string | null;
}

/** A command: its name and what it does; resolves with the exit code. */
export interface Command {
  readonly name: string;
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
  run(context: Context, args: readonly string[]): number | Promise<number>;
}
