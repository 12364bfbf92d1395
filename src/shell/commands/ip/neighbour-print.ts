// One neighbour as `ip neighbour` prints it (print_neigh in ip/ipneigh.c), and the names of the states.
import { formatIpv4 } from '../../../addr/ipv4.ts';
import { formatMac } from '../../../addr/mac.ts';
import { NeighbourFlag, NudState } from '../../../admin/neighbour-constants.ts';
import type { NeighbourInfo } from '../../../admin/types.ts';
import type { Names } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { abbreviates, type Options } from '../iproute2/options.ts';
import { Color, type Printer } from '../iproute2/printer.ts';

/** In nud_state_a2n's order. */
const STATE_WORDS: readonly (readonly [word: string, state: number, abbreviates: boolean])[] = [
  ['permanent', NudState.PERMANENT, true],
  ['reachable', NudState.REACHABLE, true],
  ['noarp', NudState.NOARP, false],
  ['none', 0, false],
  ['stale', NudState.STALE, false],
  ['incomplete', NudState.INCOMPLETE, false],
  ['delay', NudState.DELAY, false],
  ['probe', NudState.PROBE, false],
  ['failed', NudState.FAILED, true],
];

/** A name or one bit below 0x100. */
export function parseState(text: string): number | null {
  for (const [word, state, short] of STATE_WORDS)
    if (text === word || (short && abbreviates(text, word))) return state;
  const state = parseUnsigned(text);
  return state === null || state >= 0x100 || (state & (state - 1)) !== 0 ? null : state;
}

export interface NeighbourLayout {
  readonly options: Options;
  /** False where one device was asked for. */
  readonly withDevice: boolean;
  readonly names: Names;
}

export function printNeighbour(out: Printer, entry: NeighbourInfo, layout: NeighbourLayout): void {
  out.openObject();
  if (layout.options.brief) printBrief(out, entry, layout.withDevice);
  else printLine(out, entry, layout);
  out.text('\n');
  out.closeObject();
}

function printBrief(out: Printer, entry: NeighbourInfo, withDevice: boolean): void {
  const destination = formatIpv4(entry.destination);
  out.field('dst', destination, `${destination.padEnd(39)} `, Color.INET);
  if (withDevice && entry.device !== '')
    out.field('dev', entry.device, `${entry.device.padEnd(16)} `, Color.INTERFACE);
  if (entry.hasLladdr) out.field('lladdr', formatMac(entry.lladdr), formatMac(entry.lladdr), Color.MAC);
}

function printLine(out: Printer, entry: NeighbourInfo, layout: NeighbourLayout): void {
  const { options, withDevice } = layout;
  const destination = formatIpv4(entry.destination);
  out.field('dst', destination, `${destination} `, Color.INET);
  if (withDevice && entry.device !== '') {
    out.text('dev ');
    out.field('dev', entry.device, `${entry.device} `, Color.INTERFACE);
  }
  if (entry.hasLladdr) {
    out.text('lladdr ');
    out.field('lladdr', formatMac(entry.lladdr), `${formatMac(entry.lladdr)} `, Color.MAC);
  }
  if (entry.flags & NeighbourFlag.ROUTER) out.field('router', null, 'router ');
  if (entry.flags & NeighbourFlag.PROXY) out.field('proxy', null, 'proxy ');
  if (entry.flags & NeighbourFlag.MANAGED) out.field('managed', null, 'managed ');
  if (entry.flags & NeighbourFlag.EXT_LEARNED) out.field('extern_learn', null, 'extern_learn ');
  if (options.statistics > 0 && !(entry.flags & NeighbourFlag.PROXY)) printStatistics(out, entry);
  if (entry.state !== 0) printState(out, entry.state);
  if (entry.protocol === 0) return;
  const protocol = layout.names.protocol(entry.protocol);
  out.field('protocol', protocol, `proto ${protocol} `);
}

function printStatistics(out: Printer, entry: NeighbourInfo): void {
  if (entry.refcount !== 0) out.field('refcnt', entry.refcount, ` ref ${entry.refcount}`);
  out.field('used', entry.used, ` used ${entry.used}`);
  out.field('confirmed', entry.confirmed, `/${entry.confirmed}`);
  out.field('updated', entry.updated, `/${entry.updated}`);
  out.field('probes', entry.probes, `probes ${entry.probes} `);
}

function printState(out: Printer, state: number): void {
  out.openArray('state');
  for (const [name, bit] of Object.entries(NudState)) if (state & bit) out.item(name, `${name} `);
  out.closeArray();
}
