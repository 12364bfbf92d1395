// The counters as `netstat -s` prints them (statistics.c of net-tools 2.10): a sentence for each that it has one for, and
// what is not zero by its name.
import { dumpNetstat, dumpSnmp, type SnmpGroup } from '../../../admin/snmp.ts';
import type { Namespace } from '../../../netns/namespace.ts';

/** A sentence, and whether it is printed for zero too. */
type Sentence = readonly [text: string, always: boolean];
type Sentences = Readonly<Record<string, Sentence>>;

const always = (text: string): Sentence => [text, true];
const some = (text: string): Sentence => [text, false];

const IP: Sentences = {
  Forwarding: always('Forwarding: %'),
  InReceives: always('% total packets received'),
  InHdrErrors: some('% with invalid headers'),
  InAddrErrors: some('% with invalid addresses'),
  ForwDatagrams: always('% forwarded'),
  InUnknownProtos: some('% with unknown protocol'),
  InDiscards: always('% incoming packets discarded'),
  InDelivers: always('% incoming packets delivered'),
  OutRequests: always('% requests sent out'),
  OutDiscards: some('% outgoing packets dropped'),
  OutNoRoutes: some('% dropped because of missing route'),
  ReasmTimeout: some('% fragments dropped after timeout'),
  ReasmReqds: some('% reassemblies required'),
  ReasmOKs: some('% packets reassembled ok'),
  ReasmFails: some('% packet reassemblies failed'),
  FragOKs: some('% outgoing packets fragmented ok'),
  FragFails: some('% outgoing packets failed fragmentation'),
  FragCreates: some('% fragments created'),
};

const ICMP: Sentences = {
  InMsgs: always('% ICMP messages received'),
  InErrors: always('% input ICMP message failed'),
  OutMsgs: always('% ICMP messages sent'),
  OutErrors: always('% ICMP messages failed'),
};

const TCP: Sentences = {
  ActiveOpens: always('% active connection openings'),
  PassiveOpens: always('% passive connection openings'),
  AttemptFails: always('% failed connection attempts'),
  EstabResets: always('% connection resets received'),
  CurrEstab: always('% connections established'),
  InSegs: always('% segments received'),
  OutSegs: always('% segments sent out'),
  RetransSegs: always('% segments retransmitted'),
  InErrs: always('% bad segments received'),
  OutRsts: always('% resets sent'),
};

const UDP: Sentences = {
  InDatagrams: always('% packets received'),
  NoPorts: always('% packets to unknown port received'),
  InErrors: always('% packet receive errors'),
  OutDatagrams: always('% packets sent'),
  RcvbufErrors: always('% receive buffer errors'),
  SndbufErrors: always('% send buffer errors'),
};

const TCP_EXT: Sentences = { TCPHPHits: always('% packet headers predicted') };

/** Its sentences, and the letters of the options that choose it; a group without is always printed. */
const GROUPS: Readonly<Record<string, { readonly sentences: Sentences; readonly letter: string }>> = {
  Ip: { sentences: IP, letter: 'w' },
  Icmp: { sentences: ICMP, letter: 'w' },
  Tcp: { sentences: TCP, letter: 't' },
  Udp: { sentences: UDP, letter: 'u' },
  TcpExt: { sentences: TCP_EXT, letter: 't' },
};

/** Settings, which are not printed. */
const STATIC = new Set(['DefaultTTL', 'RtoAlgorithm', 'RtoMin', 'RtoMax', 'MaxConn']);

const HISTOGRAM: Readonly<Record<string, string>> = {
  InDestUnreachs: 'destination unreachable',
  InTimeExcds: 'timeout in transit',
  InParmProbs: 'wrong parameters',
  InSrcQuenchs: 'source quenches',
  InRedirects: 'redirects',
  InEchos: 'echo requests',
  InEchoReps: 'echo replies',
  InTimestamps: 'timestamp request',
  InTimestampReps: 'timestamp reply',
  InAddrMasks: 'address mask request',
  InAddrMaskReps: 'address mask replies',
  OutDestUnreachs: 'destination unreachable',
  OutTimeExcds: 'time exceeded',
  OutParmProbs: 'wrong parameters',
  OutSrcQuenchs: 'source quench',
  OutRedirects: 'redirect',
  OutEchos: 'echo requests',
  OutEchoReps: 'echo replies',
  OutTimestamps: 'timestamp requests',
  OutTimestampReps: 'timestamp replies',
  OutAddrMasks: 'address mask requests',
  OutAddrMaskReps: 'address mask replies',
};

const INDENT = '    ';

/** `chosen` are letters of -w, -t and -u; none stands for all. */
export function statisticsText(namespace: Namespace, chosen: ReadonlySet<string>): string {
  const isChosen = ({ name }: SnmpGroup): boolean => {
    const letter = GROUPS[name]?.letter;
    return letter === undefined || chosen.size === 0 || chosen.has(letter);
  };
  const groups = [...dumpSnmp(namespace), ...dumpNetstat(namespace)].filter(isChosen);
  return groups
    .map((group, index) => `${group.name}:\n${groupText(group, groups[index - 1]?.name)}`)
    .join('');
}

function groupText({ name, entries }: SnmpGroup, before: string | undefined): string {
  if (name === 'Icmp') return icmpText(entries);
  // The messages by type have no titles of their own, and stand as deep as the histogram before them.
  const indent = name === 'IcmpMsg' && before === 'Icmp' ? INDENT + INDENT : INDENT;
  const sentences = GROUPS[name]?.sentences ?? {};
  return entries.map(([each, value]) => lineText(sentences, each, value, indent)).join('');
}

function lineText(sentences: Sentences, name: string, value: number, indent = INDENT): string {
  if (STATIC.has(name)) return '';
  const [text, isAlways] = sentences[name] ?? [`${name}: %`, false];
  return isAlways || value !== 0 ? `${indent}${text.replace('%', String(value))}\n` : '';
}

/** Numbers of messages, each way with what they were about. */
function icmpText(entries: SnmpGroup['entries']): string {
  let text = '';
  for (const [name, value] of entries) {
    if (name === 'InDestUnreachs') text += `${INDENT}ICMP input histogram:\n`;
    if (name === 'OutDestUnreachs') text += `${INDENT}ICMP output histogram:\n`;
    const about = HISTOGRAM[name];
    if (about === undefined) text += lineText(ICMP, name, value);
    else if (value !== 0) text += `${INDENT}${INDENT}${about}: ${value}\n`;
  }
  return text;
}
