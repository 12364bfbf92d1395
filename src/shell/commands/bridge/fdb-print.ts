// One forwarding entry as `bridge fdb` prints it (print_fdb in bridge/fdb.c), and the names of its states.
import { formatIpv4 } from '../../../addr/ipv4.ts';
import { formatMac } from '../../../addr/mac.ts';
import { NeighbourFlag, NudState } from '../../../admin/neighbour-constants.ts';
import type { FdbInfo } from '../../../admin/types.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { abbreviates } from '../iproute2/options.ts';
import { Color, type Printer } from '../iproute2/printer.ts';

/** NTF_*. */
export const FdbFlag = {
  USE: 0x01,
  SELF: 0x02,
  MASTER: 0x04,
  EXT_LEARNED: NeighbourFlag.EXT_LEARNED,
  STICKY: 0x40,
  ROUTER: NeighbourFlag.ROUTER,
} as const;

const FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [FdbFlag.SELF, 'self'],
  [FdbFlag.ROUTER, 'router'],
  [FdbFlag.EXT_LEARNED, 'extern_learn'],
  [FdbFlag.MASTER, 'master'],
  [FdbFlag.STICKY, 'sticky'],
];

const STATE_NAMES: readonly (readonly [state: number, name: string])[] = [
  [NudState.PERMANENT, 'permanent'],
  [NudState.NOARP, 'static'],
  [NudState.STALE, 'stale'],
  [NudState.REACHABLE, ''],
];

const STATE_WORDS: readonly (readonly [word: string, state: number])[] = [
  ['permanent', NudState.PERMANENT],
  ['static', NudState.NOARP],
  ['temp', NudState.NOARP],
  ['stale', NudState.STALE],
  ['reachable', NudState.REACHABLE],
  ['dynamic', NudState.REACHABLE],
];

const EVERY_STATE = 0xffffffff;

/** state_a2n: a word, `all` or a number. */
export function parseState(text: string): number | null {
  const word = STATE_WORDS.find(([name]) => abbreviates(text, name));
  if (word !== undefined) return word[1];
  return text === 'all' ? EVERY_STATE : parseUnsigned(text);
}

/** state_n2a. */
function stateName(state: number, json: boolean): string {
  const named = STATE_NAMES.find(([bit]) => (state & bit) !== 0);
  if (named !== undefined) return named[1];
  const hex = state === 0 ? '0' : `0x${state.toString(16)}`;
  return json ? hex : `state=${hex}`;
}

const MICROSECONDS = 1_000_000;

export interface FdbLayout {
  /** False where one device was asked for. */
  readonly withDevice: boolean;
  readonly statistics: boolean;
}

export function printEntry(out: Printer, entry: FdbInfo, layout: FdbLayout): void {
  out.openObject();
  out.field('mac', formatMac(entry.mac), `${formatMac(entry.mac)} `, Color.MAC);
  if (layout.withDevice) {
    out.text('dev ');
    out.field('ifname', entry.device, `${entry.device} `, Color.INTERFACE);
  }
  printDestination(out, entry);
  printUnderlay(out, entry);
  if (layout.statistics && hasTimes(entry)) {
    const used = Math.floor(entry.used / MICROSECONDS);
    const updated = Math.floor(entry.updated / MICROSECONDS);
    out.field('used', used, `used ${used}/`);
    out.field('updated', updated, `${updated} `);
  }
  out.openArray('flags');
  for (const [flag, name] of FLAG_NAMES) if (entry.flags & flag) out.item(name, `${name} `);
  out.closeArray();
  if (entry.master !== '') out.field('master', entry.master, `master ${entry.master} `);
  const state = stateName(entry.state, out.json);
  out.field('state', state, `${state}\n`);
  out.closeObject();
}

function printDestination(out: Printer, entry: FdbInfo): void {
  if (entry.destination !== 0) {
    const destination = formatIpv4(entry.destination);
    out.text('dst ');
    out.field('dst', destination, `${destination} `, Color.INET);
  }
  if (entry.vlan !== 0) out.field('vlan', entry.vlan, `vlan ${entry.vlan} `);
  if (entry.port !== 0) out.field('port', entry.port, `port ${entry.port} `);
  if (entry.vni !== 0) out.field('vni', entry.vni, `vni ${entry.vni} `);
}

/** The device below; where it lies in another namespace only its index is known. */
function printUnderlay(out: Printer, { via, viaIndex, linkNetnsId }: FdbInfo): void {
  const foreign = linkNetnsId !== -1;
  if (viaIndex !== 0 && foreign) out.field('viaIfIndex', viaIndex, `via ifindex ${viaIndex} `);
  else if (viaIndex !== 0) out.field('viaIf', via, `via ${via} `);
  if (foreign) out.field('linkNetNsId', linkNetnsId, `link-netnsid ${linkNetnsId} `);
}

/** An address in a device's own list has no times; entries of a bridge and of a VXLAN device have. */
const hasTimes = (entry: FdbInfo): boolean => entry.master !== '' || entry.destination !== 0;
