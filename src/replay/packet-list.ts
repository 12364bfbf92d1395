// The list of packets with a verdict for each. A short capture is listed without being asked for.
import {
  causeLines,
  contradictionText,
  decidedText,
  type FaultTelling,
  lostLines,
  placeText,
  WORDS,
} from './report-lines.ts';
import { isFault, type Verdict } from './verdict.ts';

/** Packets up to which a capture is listed unasked. */
export const SHORT_CAPTURE = 100;

export interface PacketListOptions extends FaultTelling {
  /** Also which routes lost, and where packets came in. */
  readonly details: boolean;
  /** Paints the word of a verdict: green, or red for a fault. */
  readonly paint: (text: string, good: boolean) => string;
}

/** The lines for one packet: what it is, and what became of it. */
export function packetLines(verdict: Verdict, options: PacketListOptions): string {
  const { direction, kind, packet } = verdict;
  const way = kind === 'missing' ? '' : ` ${direction}`;
  const head = `${placeText(verdict, options.place)}${way}: ${packet}`;
  const rest = isFault(kind) ? faultyLines(verdict, options) : fateLines(verdict, options);
  return `${[head, ...rest.map((line) => `  ${line}`)].join('\n')}\n`;
}

function faultyLines(verdict: Verdict, options: PacketListOptions): string[] {
  const text = contradictionText(verdict);
  const head = text === WORDS[verdict.kind] ? text : `${WORDS[verdict.kind]}: ${text}`;
  const lines = [options.paint(head, false), ...causeLines(verdict)];
  return options.details ? [...lines, ...lostLines(verdict, options)] : lines;
}

function fateLines(verdict: Verdict, options: PacketListOptions): string[] {
  if (verdict.kind === 'outside') return [`${WORDS.outside}: ${verdict.notes.join('; ')}`];
  const lines = [`${options.paint(fateWord(verdict), true)}: ${verdict.expected}`];
  if (verdict.route !== null) lines.push(decidedText(verdict.route));
  return options.details ? [...lines, ...lostLines(verdict, options), ...verdict.notes] : lines;
}

function fateWord({ direction, expected, notes }: Verdict): string {
  if (direction === 'in') return expected.startsWith('dropped') ? 'received as programmed' : 'as programmed';
  return notes.some((note) => note.startsWith('from ') || note.startsWith('came in'))
    ? 'forwarded as programmed'
    : 'sent as programmed';
}
