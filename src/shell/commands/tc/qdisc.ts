// `tc qdisc` (tc/tc_qdisc.c).
import {
  addIngressQdisc,
  deleteQdisc,
  dumpQdiscs,
  hasFrames,
  type QdiscInfo,
  setRootQdisc,
} from '../../../admin/traffic.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';

const ETHERNET_HEADER = 14;

interface Words {
  device: string;
  handle: number | null;
  place: 'root' | 'ingress' | null;
  kind: string;
  /** What stands behind the kind. */
  rest: readonly string[];
}

/** `1:` or `1:0`. */
export const majorOf = (text: string | undefined): number | null => {
  const match = /^([0-9a-fA-F]{1,4}):0*$/.exec(text ?? '');
  return match === null ? null : Number.parseInt(match[1], 16);
};

function parse(words: readonly string[]): Words {
  const parsed: Words = { device: '', handle: null, place: null, kind: '', rest: [] };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === 'dev') parsed.device = words[++at] ?? '';
    else if (word === 'handle') parsed.handle = majorOf(words[++at]);
    else if (word === 'root') parsed.place = 'root';
    else if (word === 'ingress') parsed.place = 'ingress';
    else if (word === 'parent' && words[at + 1] === 'root') continue;
    else {
      parsed.kind = word;
      parsed.rest = words.slice(at + 1);
      break;
    }
  }
  return parsed;
}

const missing = ({ device }: Words): boolean => device === '';

const change =
  (replaces: boolean) =>
  (session: Session, words: readonly string[]): number => {
    const parsed = parse(words);
    const { device, handle, place, kind, rest } = parsed;
    if (missing(parsed)) return session.fail('Command line is not complete. Try option "help"', 255);
    if (session.link(device) === null) return session.noDevice(device);
    if (!hasFrames(session.namespace, device)) return session.notEmulated('tc on a device without frames');
    if (place === 'ingress' && kind === '') return session.answer(addIngressQdisc(session.namespace, device));
    if (place !== 'root' || rest.length > 0) return session.notEmulated(`tc qdisc ${words.join(' ')}`);
    return session.answer(setRootQdisc(session.namespace, device, kind, { handle, replaces }));
  };

function remove(session: Session, words: readonly string[]): number {
  const parsed = parse(words);
  const { device, place } = parsed;
  if (missing(parsed)) return session.fail('Command line is not complete. Try option "help"', 255);
  if (session.link(device) === null) return session.noDevice(device);
  if (place === null) return session.notEmulated(`tc qdisc delete ${words.join(' ')}`);
  return session.answer(deleteQdisc(session.namespace, device, place));
}

/** What the kernel tells of a qdisc with nothing set; the quantum of fq_codel is a frame. */
const PARAMETERS: Readonly<Record<string, string>> = {
  noqueue: 'refcnt 2 ',
  prio: 'refcnt 2 bands 3 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1',
  fq_codel:
    'refcnt 2 limit 10240p flows 1024 quantum QUANTUM target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64 ',
};

function show(session: Session, words: readonly string[]): number {
  const { device } = parse(words);
  if (device !== '' && session.link(device) === null) return session.noDevice(device);
  for (const info of dumpQdiscs(session.namespace))
    if (device === '' || info.deviceName === device) session.out(line(info, device === ''));
  return 0;
}

function line({ kind, handle, deviceName, mtu }: QdiscInfo, namesDevice: boolean): string {
  const head = `qdisc ${kind} ${handle.toString(16)}: ${namesDevice ? `dev ${deviceName} ` : ''}`;
  if (kind === 'ingress') return `${head}parent ffff:fff1 ---------------- \n`;
  return `${head}root ${PARAMETERS[kind].replace('QUANTUM', String(mtu + ETHERNET_HEADER))}\n`;
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', change(false)),
  prefixVerb('replace', change(true)),
  prefixVerb('delete', remove),
  prefixVerb('change', (session) => session.notEmulated('tc qdisc change')),
  prefixVerb('link', (session) => session.notEmulated('tc qdisc link')),
  prefixVerb('list show lst', show),
];

export const qdisc = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'tc qdisc');
