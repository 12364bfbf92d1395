// A trace told to people: both ways hop by hop, the ICMP errors, and how it ended.
import { endText, hostText, stepLines } from './step-text.ts';
import type { End, Hop, IcmpReport, Journey, TraceDocument } from './trace-types.ts';

const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const BOLD = '\x1b[1m';
const PLAIN = '\x1b[0m';

/** Hops that are told in full before and after those of a loop. */
const HOPS_TOLD = 10;

export interface TraceTextOptions {
  readonly color: boolean;
}

/** The whole report, which ends with a newline. */
export function traceText(document: TraceDocument, { color }: TraceTextOptions): string {
  const paint = (code: string, text: string): string => (color ? `${code}${text}${PLAIN}` : text);
  const { forward, backward, errors } = document;
  const lines = [headline(document), ''];
  lines.push(...journeyLines('forward', forward, paint));
  for (const error of errors.filter(({ about }) => about === 'forward'))
    lines.push(...errorLines(error, paint));
  if (backward !== null) lines.push(...journeyLines(backwardTitle(backward), backward, paint));
  for (const error of errors.filter(({ about }) => about === 'backward'))
    lines.push(...errorLines(error, paint));
  lines.push(paint(document.answered ? GREEN : RED, conclusion(document)));
  return `${lines.join('\n')}\n`;
}

type Paint = (code: string, text: string) => string;

const PROTOCOL_WORDS = { icmp: 'an ICMP echo request', udp: 'a UDP datagram', tcp: 'a TCP SYN' } as const;

function headline({ from, to, packet }: TraceDocument): string {
  const ports = packet.protocol === 'icmp' ? '' : ` to port ${packet.port}`;
  const flags = `TTL ${packet.ttl}, ${packet.df ? 'DF' : 'no DF'}`;
  const what = `${PROTOCOL_WORDS[packet.protocol]}${ports} with ${packet.size} bytes of data, ${packet.length} in all, ${flags}`;
  return `${nameText(from)} to ${nameText(to)}: ${what}`;
}

const nameText = ({ name, address }: TraceDocument['from']): string =>
  name === address ? address : `${name} (${address})`;

const backwardTitle = ({ supposed }: Journey): string =>
  supposed ? 'backward, had the packet arrived' : 'backward';

function journeyLines(title: string, journey: Journey, paint: Paint): string[] {
  const lines = [paint(BOLD, `${title}: ${journey.packet}`)];
  const { hops } = journey;
  const skipped = hops.length - 2 * HOPS_TOLD;
  const told = skipped > 1 ? [...hops.slice(0, HOPS_TOLD), ...hops.slice(-HOPS_TOLD)] : hops;
  told.forEach((hop, i) => {
    if (skipped > 1 && i === HOPS_TOLD) lines.push(`… ${skipped} more hops`);
    lines.push(...hopLines(i === told.length - 1 ? withoutEnd(hop) : hop));
  });
  lines.push(paint(isGood(journey.end) ? GREEN : RED, `= ${endText(journey.end)}`), '');
  return lines;
}

const isGood = ({ kind }: End): boolean => kind === 'delivered' || kind === 'refused';

/** How it ended is told in the line below. */
function withoutEnd(hop: Hop): Hop {
  const last = hop.steps.at(-1)?.kind;
  return last === 'drop' || last === 'deliver' ? { ...hop, steps: hop.steps.slice(0, -1) } : hop;
}

function hopLines({ host, steps }: Hop): string[] {
  const lines = [host === '' ? '(initial namespace)' : host];
  for (const step of steps) {
    const [first, ...more] = stepLines(step);
    lines.push(`  ${first}`, ...more.map((line) => `    ${line}`));
  }
  return lines;
}

function errorLines(error: IcmpReport, paint: Paint): string[] {
  const about = error.about === 'forward' ? 'the packet' : 'the answer';
  const title = `ICMP ${error.message}, sent by ${hostText(error.by)} about ${about}`;
  return journeyLines(title, error.journey, paint);
}

/** What became of it all, and of the ICMP errors, aloud. */
function conclusion(document: TraceDocument): string {
  const { forward, backward, reached, answered, from, to } = document;
  if (answered) return `${nameText(to)} was reached and answered.`;
  const sentences = [];
  if (!reached)
    sentences.push(
      `${nameText(to)} was not reached: ${endingText(forward, to)}; ${icmpText(document, 'forward')}.`,
    );
  else sentences.push(`${nameText(to)} was reached.`);
  if (reached && backward === null) sentences.push('No answer was sent.');
  if (reached && backward !== null)
    sentences.push(
      `The answer did not come back: ${endingText(backward, from)}; ${icmpText(document, 'backward')}.`,
    );
  if (backward?.supposed === true) sentences.push(supposedText(backward, from));
  return sentences.join('\n');
}

/** A packet may end at a host that was not meant: it has the address too. */
function endingText({ end }: Journey, { host, address }: TraceDocument['to']): string {
  const isElsewhere = end.kind === 'delivered' && host !== null && end.host !== host;
  return isElsewhere
    ? `${endText(end)}: ${address} is an address of ${hostText(end.host)} too`
    : endText(end);
}

const supposedText = (journey: Journey, from: TraceDocument['from']): string =>
  journey.end.kind === 'delivered' && journey.end.host === from.host
    ? 'An answer would have come back.'
    : `An answer would not have come back either: ${endingText(journey, from)}.`;

function icmpText({ errors }: TraceDocument, about: IcmpReport['about']): string {
  const told = errors.filter((error) => error.about === about);
  if (told.length === 0) return 'no ICMP was sent';
  return told.map(reportText).join('; ');
}

function reportText({ message, by, reached, journey }: IcmpReport): string {
  const said = `ICMP ${message} was sent by ${hostText(by)}`;
  if (reached) return `${said} and reached the sender`;
  const { end } = journey;
  return end.kind === 'delivered'
    ? `${said} to ${hostText(end.host)}: no ICMP reached the sender`
    : `${said} and did not reach the sender: ${endText(end)}`;
}
