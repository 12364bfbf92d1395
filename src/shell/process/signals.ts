// Signals by name and number, and bash's words for a process that one of them ended.

const TABLE: readonly (readonly [name: string, number: number, words: string])[] = [
  ['EXIT', 0, ''],
  ['HUP', 1, 'Hangup'],
  ['INT', 2, ''],
  ['QUIT', 3, 'Quit'],
  ['ILL', 4, 'Illegal instruction'],
  ['TRAP', 5, 'Trace/breakpoint trap'],
  ['ABRT', 6, 'Aborted'],
  ['BUS', 7, 'Bus error'],
  ['FPE', 8, 'Floating point exception'],
  ['KILL', 9, 'Killed'],
  ['USR1', 10, 'User defined signal 1'],
  ['SEGV', 11, 'Segmentation fault'],
  ['USR2', 12, 'User defined signal 2'],
  ['PIPE', 13, ''],
  ['ALRM', 14, 'Alarm clock'],
  ['TERM', 15, 'Terminated'],
  ['STKFLT', 16, 'Stack fault'],
  ['CHLD', 17, 'Child exited'],
  ['CONT', 18, 'Continued'],
  ['STOP', 19, 'Stopped (signal)'],
  ['TSTP', 20, 'Stopped'],
  ['TTIN', 21, 'Stopped (tty input)'],
  ['TTOU', 22, 'Stopped (tty output)'],
  ['URG', 23, 'Urgent I/O condition'],
  ['XCPU', 24, 'CPU time limit exceeded'],
  ['XFSZ', 25, 'File size limit exceeded'],
  ['VTALRM', 26, 'Virtual timer expired'],
  ['PROF', 27, 'Profiling timer expired'],
  ['WINCH', 28, 'Window changed'],
  ['IO', 29, 'I/O possible'],
  ['PWR', 30, 'Power failure'],
  ['SYS', 31, 'Bad system call'],
];

export const Signal = { INT: 2, KILL: 9, PIPE: 13, TERM: 15, CONT: 18 } as const;

const NUMBERS = new Map(TABLE.map(([name, number]) => [name, number]));
const NAMES = new Map(TABLE.map(([name, number]) => [number, name]));
const WORDS = new Map(TABLE.map(([, number, words]) => [number, words]));

/** `TERM`, `SIGTERM`, `term` or `15` as a number; -1 for none. EXIT is 0. */
export function signalNumber(text: string): number {
  if (/^\d+$/.test(text)) return NAMES.has(Number(text)) ? Number(text) : -1;
  return NUMBERS.get(text.toUpperCase().replace(/^SIG/, '')) ?? -1;
}

/** Without the SIG. */
export const signalName = (number: number): string => NAMES.get(number) ?? String(number);

/** What bash prints about a job that it ended; '' for those that it keeps silent about. */
export const signalWords = (number: number): string => WORDS.get(number) ?? `Unknown signal ${number}`;

/** Names in order of number, without EXIT. */
export const signalNames = (): string[] => TABLE.slice(1).map(([name]) => name);
