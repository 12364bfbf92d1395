// Neighbours and forwarding entries: the objects of `ip -j neighbour` and `bridge -j fdb` as data, and their lines as those
// objects (print_neigh in ip/ipneigh.c, print_fdb in bridge/fdb.c).
import { ANY } from '../addr/ipv4.ts';
import { MAC_ZERO } from '../addr/mac.ts';
import { NeighbourFlag, NudState } from '../admin/neighbour-constants.ts';
import { Fields, type Json, parseNumber, type Reading, reading } from './fields.ts';
import type { DumpedFdb, DumpedNeighbour } from './node-dump.ts';

export function neighbourOf(record: Json): Reading<DumpedNeighbour> {
  const fields = new Fields(record);
  fields.ignore('refcnt', 'used', 'confirmed', 'updated', 'probes', 'offload', 'managed', 'protocol');
  return reading(fields, {
    destination: fields.address('dst'),
    device: fields.text('dev'),
    lladdr: fields.mac('lladdr'),
    state: fields.words('state').reduce((bits, word) => bits | stateBit(fields, word), 0),
    proxy: fields.flag('proxy'),
    router: fields.flag('router'),
    externLearn: fields.flag('extern_learn'),
  });
}

const STATES: Readonly<Record<string, number>> = NudState;

function stateBit(fields: Fields, word: string): number {
  const bit = STATES[word];
  if (bit === undefined) fields.wrong ||= `unknown state "${word}"`;
  return bit ?? 0;
}

// ---- forwarding entries ----------------------------------------------------------------------------------------

/** What `bridge fdb` calls the states: `` is an entry that was learnt. */
const FDB_STATES: Readonly<Record<string, number>> = {
  '': NudState.REACHABLE,
  permanent: NudState.PERMANENT,
  static: NudState.NOARP,
  stale: NudState.STALE,
};

const FDB_FLAGS: Readonly<Record<string, number>> = {
  self: NeighbourFlag.SELF,
  master: NeighbourFlag.MASTER,
  extern_learn: NeighbourFlag.EXT_LEARNED,
  sticky: NeighbourFlag.STICKY,
  router: NeighbourFlag.ROUTER,
  offload: NeighbourFlag.OFFLOADED,
};

export function fdbOf(record: Json): Reading<DumpedFdb> {
  const fields = new Fields(record);
  fields.ignore('used', 'updated', 'viaIfIndex', 'linkNetNsId', 'src_vni', 'nhid');
  return reading(fields, {
    mac: fields.mac('mac') ?? MAC_ZERO,
    device: fields.text('ifname'),
    master: fields.text('master'),
    destination: fields.has('dst') ? fields.address('dst') : ANY,
    port: fields.number('port'),
    vni: fields.number('vni'),
    via: fields.text('viaIf'),
    vlan: fields.number('vlan'),
    flags: fields.words('flags').reduce((bits, word) => bits | (FDB_FLAGS[word] ?? 0), 0),
    state: fdbState(fields),
  });
}

function fdbState(fields: Fields): number {
  const text = fields.text('state');
  const number = FDB_STATES[text] ?? parseNumber(text);
  if (number === null) fields.wrong ||= `unknown state "${text}"`;
  return number ?? 0;
}

// ---- lines -----------------------------------------------------------------------------------------------------

/** The object of `10.0.0.2 dev eth0 lladdr 02:00:… REACHABLE`; what is wrong otherwise. */
export function neighbourRecord(line: string): Reading<Json> {
  // With -s the counters stand without a blank before what follows: `used 9/9/9probes 0`.
  const words = line
    .replace(/(\d)probes/, '$1 probes')
    .trim()
    .split(/\s+/);
  const draft: Record<string, unknown> & { state: string[] } = { dst: words.shift() ?? '', state: [] };
  while (words.length > 0) {
    const word = words.shift() as string;
    if (['dev', 'lladdr', 'ref', 'used', 'probes', 'proto'].includes(word)) {
      const value = words.shift() ?? '';
      if (word === 'dev' || word === 'lladdr') draft[word] = value;
    } else if (['router', 'proxy', 'extern_learn', 'offload', 'managed'].includes(word)) draft[word] = null;
    else if (STATES[word] !== undefined) draft.state.push(word);
    else return { wrong: `unknown word "${word}"` };
  }
  return { value: draft };
}

const FDB_KEYS: Readonly<Record<string, string>> = {
  dev: 'ifname',
  dst: 'dst',
  vlan: 'vlan',
  port: 'port',
  vni: 'vni',
  via: 'viaIf',
  used: 'used',
  src_vni: 'src_vni',
  nhid: 'nhid',
  'link-netnsid': 'linkNetNsId',
};

/** The object of `66:2d:… dev vxlan.calico dst 10.0.0.2 self permanent`; what is wrong otherwise. */
export function fdbRecord(line: string): Reading<Json> {
  const words = line.trim().split(/\s+/);
  const draft: Record<string, unknown> & { flags: string[] } = { mac: words.shift() ?? '', flags: [] };
  while (words.length > 0) {
    const wrong = takeFdbWord(words.shift() as string, words, draft);
    if (wrong !== '') return { wrong };
  }
  return { value: draft };
}

function takeFdbWord(
  word: string,
  rest: string[],
  draft: Record<string, unknown> & { flags: string[] },
): string {
  const key = FDB_KEYS[word];
  if (word === 'via' && rest[0] === 'ifindex') draft.viaIfIndex = rest.splice(0, 2)[1];
  else if (key !== undefined) draft[key] = rest.shift() ?? '';
  // `master` is a flag of a request and, in what is printed, the word before the bridge's name.
  else if (word === 'master' && rest.length > 0 && FDB_STATES[rest[0] as string] === undefined)
    draft.master = rest.shift();
  else if (FDB_FLAGS[word] !== undefined) draft.flags.push(word);
  else if (FDB_STATES[word] !== undefined) draft.state = word;
  else if (/^state=/.test(word)) draft.state = word.slice('state='.length);
  else return `unknown word "${word}"`;
  return '';
}
