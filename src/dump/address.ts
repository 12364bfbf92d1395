// An address: the object of `addr_info` in `ip -j address` as data, and the `inet` line as that object (print_addrinfo in
// ip/ipaddress.c). How long an address is valid is not kept: in a lab nobody would renew it.
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { SCOPE_NAMES } from '../admin/route-names.ts';
import { Fields, type Json, type Reading, reading } from './fields.ts';
import type { DumpedAddress } from './node-dump.ts';

/** Flags that say nothing about where packets go. */
const HARMLESS_FLAGS = ['temporary', 'deprecated', 'dynamic', 'autojoin', 'nodad', 'tentative', 'permanent'];

export function addressOf(record: Json, device: string): Reading<DumpedAddress> {
  const fields = new Fields(record);
  const local = fields.address('local');
  fields.ignore('family', 'valid_life_time', 'preferred_life_time', 'secondary', 'protocol', 'proto');
  fields.ignore('index', 'dev', 'ifa_flags', ...HARMLESS_FLAGS);
  const peer: Ipv4 = fields.has('address') ? fields.address('address') : local;
  return reading(fields, {
    device,
    local,
    peer,
    length: fields.number('prefixlen', 32),
    broadcast: fields.has('broadcast') ? fields.address('broadcast') : ANY,
    scope: fields.named('scope', SCOPE_NAMES, 0),
    label: fields.text('label', device),
    metric: fields.number('metric'),
    noprefixroute: fields.flag('noprefixroute'),
  });
}

// ---- lines ---------------------------------------------------------------------------------------------------

const KEYS: Readonly<Record<string, string>> = {
  brd: 'broadcast',
  scope: 'scope',
  metric: 'metric',
  proto: 'proto',
  flags: 'ifa_flags',
};

const FLAG_WORDS = new Set(['secondary', 'noprefixroute', ...HARMLESS_FLAGS]);

/** The object of `inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0`; what is wrong otherwise. */
export function addressRecord(line: string): Reading<Json> {
  const words = line.trim().split(/\s+/).slice(1);
  const draft: Record<string, unknown> = {};
  takeEnds(words, draft);
  while (words.length > 0) {
    const word = words.shift() as string;
    const key = KEYS[word];
    if (key !== undefined) draft[key] = words.shift() ?? '';
    else if (FLAG_WORDS.has(word)) draft[word] = true;
    else if (words.length === 0) draft.label = word;
    else return { wrong: `unknown word "${word}"` };
  }
  return { value: draft };
}

/** `10.0.0.1/24`, or `10.2.0.1 peer 10.2.0.2/32`. */
function takeEnds(words: string[], draft: Record<string, unknown>): void {
  const [local, length] = (words.shift() ?? '').split('/');
  draft.local = local;
  if (length !== undefined) draft.prefixlen = length;
  if (words[0] !== 'peer') return;
  const [peer, peerLength] = (words[1] ?? '').split('/');
  words.splice(0, 2);
  draft.address = peer;
  if (peerLength !== undefined) draft.prefixlen = peerLength;
}
