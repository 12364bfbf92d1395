// Transcripts of a real kernel (`$ command`, what it printed, `= status`), and the same commands run on a lab.
import { createLab } from '../../../src/lab/create.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import type { Namespace } from '../../../src/netns/namespace.ts';
import { COMMANDS } from '../../../src/shell/registry.ts';
import { runCommand } from './bench.ts';

export interface Step {
  readonly line: string;
  /** Namespace named by `ip netns exec NAME`, '' for the initial one. */
  readonly namespace: string;
  readonly command: string;
  readonly words: readonly string[];
  /** What was printed, with `= STATUS` behind it. */
  readonly text: string;
}

export function parseTranscript(text: string): Step[] {
  const steps: Step[] = [];
  for (const part of text.split(/^\$ /m).slice(1)) {
    const end = part.indexOf('\n');
    const line = part.slice(0, end);
    const words = line.split(' ').filter((word) => word !== '');
    const inNamespace = words[0] === 'ip' && words[1] === 'netns' && words[2] === 'exec';
    const [command, ...rest] = inNamespace ? words.slice(4) : words;
    steps.push({
      line,
      namespace: inNamespace ? words[3] : '',
      command,
      words: rest,
      text: part.slice(end + 1).trimEnd(),
    });
  }
  return steps;
}

/** What starting a program takes on the machine that recorded, so that rate limits recover between steps. */
const START_TIME = 50_000;

/** Runs a step; the text in the transcript's form. */
export async function runStep(
  lab: Lab,
  step: Step,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<string> {
  const command = COMMANDS.find(
    ({ name, aliases }) => name === step.command || aliases?.includes(step.command),
  );
  if (command === undefined) throw new Error(`no such command: ${step.command}`);
  const namespace = step.namespace === '' ? lab.kernel.initial : (lab.names.get(step.namespace) as Namespace);
  lab.runUntil(lab.kernel.clock.now + START_TIME);
  const { text, status } = await runCommand(lab, namespace, command, step.words, { files });
  return `${text}= ${status}`;
}

/** Times, rates and random hardware addresses, which no two runs have in common. */
const RANDOM: readonly (readonly [RegExp, string])[] = [
  [/ident=[0-9]+/g, 'ident=I'],
  [/^\[[0-9.]+\]/gm, '[T]'],
  [/[0-9]+ absolute/g, 'T absolute'],
  [/time=[0-9.]+ ms/g, 'time=T ms'],
  [/time [0-9]+ms/g, 'time Tms'],
  [/mdev = [0-9./]+ ms/g, 'mdev = T ms'],
  [/ewma [0-9./]+ ms/g, 'ewma T ms'],
  [/ {2}[0-9.]+ ms/g, '  T ms'],
  [/ {2}[0-9.]+ms$/gm, '  Tms'],
  [/(?:ether|link\/ether) (?!02:)[0-9a-f:]{17}/g, 'ether M'],
  [/sent in [0-9.]+ seconds/g, 'sent in T seconds'],
  [/^Rated: .*$/gm, 'Rated'],
  [/[0-9.]+ fps/g, 'F fps'],
  [/\tno\t\t *[0-9.]+$/gm, '\tno\t\tT'],
];

const maskRandom = (text: string): string =>
  RANDOM.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);

export interface Comparison {
  /** Files that the commands find, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Lines in any order: what the kernel lists by a hash with a random seed. */
  readonly unordered?: boolean;
}

/** Runs a whole transcript on a new lab; the steps that printed or ended otherwise than on the kernel. */
export async function differences(
  transcript: string,
  { files = {}, unordered = false }: Comparison = {},
): Promise<{ line: string; kernel: string; lab: string }[]> {
  const lab = createLab();
  const form = (text: string): string => {
    const masked = maskRandom(text).trimEnd();
    return unordered ? masked.split('\n').sort().join('\n') : masked;
  };
  const found: { line: string; kernel: string; lab: string }[] = [];
  for (const step of parseTranscript(transcript)) {
    const [kernel, ours] = [form(step.text), form(await runStep(lab, step, files))];
    if (kernel !== ours) found.push({ line: step.line, kernel, lab: ours });
  }
  return found;
}
