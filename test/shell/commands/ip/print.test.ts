// Lines whose numbers depend on the time, which recordings cannot hold: values by hand, texts as the real tool prints.
import { describe, expect, it } from 'vitest';
import { ipv4, parseIpv4 } from '../../../../src/addr/ipv4.ts';
import { parseMac } from '../../../../src/addr/mac.ts';
import { NeighbourFlag, NudState } from '../../../../src/admin/neighbour-constants.ts';
import type { AddressInfo, NeighbourInfo } from '../../../../src/admin/types.ts';
import { printAddress } from '../../../../src/shell/commands/ip/address-print.ts';
import { printNeighbour } from '../../../../src/shell/commands/ip/neighbour-print.ts';
import {
  type CachedRoute,
  fullLayout,
  printCachedRoute,
} from '../../../../src/shell/commands/ip/route-print.ts';
import { Names } from '../../../../src/shell/commands/iproute2/names.ts';
import { defaultOptions, type Options } from '../../../../src/shell/commands/iproute2/options.ts';
import { Printer } from '../../../../src/shell/commands/iproute2/printer.ts';
import { SECOND } from '../../../../src/time/clock.ts';

const names = new Names(false);
const address = (text: string) => parseIpv4(text) ?? ipv4(0);

const print = (options: Partial<Options>, write: (out: Printer, options: Options) => void): string => {
  const all = { ...defaultOptions(), ...options };
  const out = new Printer(all);
  write(out, all);
  return out.finish();
};

const ADDRESS: AddressInfo = {
  local: address('10.0.4.1'),
  peer: address('10.0.4.1'),
  length: 24,
  broadcast: ipv4(0),
  scope: 0,
  label: 'd0',
  metric: 0,
  validLifetime: 999,
  preferredLifetime: 499,
  protocol: 0,
  flags: 0,
  index: 2,
  deviceName: 'd0',
};

describe('an address with lifetimes', () => {
  const layout = { names, brief: false, named: false };

  it.each([
    [
      'is dynamic and counts seconds',
      {},
      ADDRESS,
      layout,
      '    inet 10.0.4.1/24 scope global dynamic d0\n       valid_lft 999sec preferred_lft 499sec\n',
    ],
    [
      'has its name in front and no line end between with -oneline',
      { oneline: true },
      ADDRESS,
      { ...layout, named: true },
      '2: d0    inet 10.0.4.1/24 scope global dynamic d0\\       valid_lft 999sec preferred_lft 499sec\n',
    ],
    [
      'that is not preferred any more is deprecated',
      {},
      { ...ADDRESS, flags: 0xa0, validLifetime: 0xffffffff, preferredLifetime: 0 },
      layout,
      '    inet 10.0.4.1/24 scope global deprecated d0\n       valid_lft forever preferred_lft 0sec\n',
    ],
  ])('%s', (_, options, info, shape, text) => {
    expect(print(options, (out) => printAddress(out, info, shape))).toBe(text);
  });
});

const NEIGHBOUR: NeighbourInfo = {
  destination: address('10.0.0.2'),
  device: 'v0',
  index: 2,
  lladdr: parseMac('02:00:00:00:02:04') as NeighbourInfo['lladdr'],
  hasLladdr: true,
  state: NudState.REACHABLE,
  flags: 0,
  protocol: 0,
  refcount: 1,
  used: 3,
  confirmed: 3,
  updated: 3,
  probes: 4,
};

describe('a neighbour', () => {
  it.each([
    [
      'with -statistics tells its users, ages and probes',
      { statistics: 1 },
      NEIGHBOUR,
      '10.0.0.2 dev v0 lladdr 02:00:00:00:02:04  ref 1 used 3/3/3probes 4 REACHABLE \n',
    ],
    [
      'without users leaves them out',
      { statistics: 1 },
      { ...NEIGHBOUR, refcount: 0, used: 7, confirmed: 7, updated: 7, probes: 0, state: NudState.PERMANENT },
      '10.0.0.2 dev v0 lladdr 02:00:00:00:02:04  used 7/7/7probes 0 PERMANENT \n',
    ],
    [
      'with -statistics as JSON',
      { statistics: 1, json: true },
      { ...NEIGHBOUR, refcount: 0 },
      '[{"dst":"10.0.0.2","dev":"v0","lladdr":"02:00:00:00:02:04","used":3,"confirmed":3,"updated":3,"probes":4,"state":["REACHABLE"]}]\n',
    ],
    [
      'that the kernel keeps resolved is managed',
      {},
      { ...NEIGHBOUR, hasLladdr: false, flags: NeighbourFlag.MANAGED, state: NudState.INCOMPLETE },
      '10.0.0.2 dev v0 managed INCOMPLETE \n',
    ],
    [
      'that somebody says to have made has his name behind its state',
      {},
      { ...NEIGHBOUR, protocol: 12 },
      '10.0.0.2 dev v0 lladdr 02:00:00:00:02:04 REACHABLE proto bird \n',
    ],
  ])('%s', (_, options, entry, text) => {
    expect(
      print(options, (out, all) => printNeighbour(out, entry, { options: all, withDevice: true, names })),
    ).toBe(text);
  });
});

const CACHED: CachedRoute = {
  type: 1,
  destination: address('10.0.3.2'),
  table: 254,
  tos: 0,
  from: ipv4(0),
  gateway: address('10.0.1.2'),
  device: 'v0',
  source: address('10.0.1.1'),
  mark: 0,
  iif: '',
  cacheFlags: 0,
  mtu: 1300,
  mtuLocked: false,
  expires: 597.9 * SECOND,
  error: 0,
  metrics: null,
  realms: 0,
  uid: 0,
};

describe('a route that is looked up', () => {
  it.each([
    [
      'tells how long a learnt MTU lasts',
      CACHED,
      '10.0.3.2 via 10.0.1.2 dev v0 src 10.0.1.1 uid 0 \n    cache expires 597sec mtu 1300 \n',
    ],
    [
      'tells of less than a second as of none',
      { ...CACHED, expires: 0.47 * SECOND },
      '10.0.3.2 via 10.0.1.2 dev v0 src 10.0.1.1 uid 0 \n    cache expires 0sec mtu 1300 \n',
    ],
    [
      'tells that the MTU may not be raised',
      { ...CACHED, mtuLocked: true },
      '10.0.3.2 via 10.0.1.2 dev v0 src 10.0.1.1 uid 0 \n    cache expires 597sec mtu lock 1300 \n',
    ],
    [
      'of a redirect is told so',
      { ...CACHED, mtu: 0, expires: 0, cacheFlags: 0x40000 },
      '10.0.3.2 via 10.0.1.2 dev v0 src 10.0.1.1 uid 0 \n    cache <redirected> \n',
    ],
  ])('%s', (_, route, text) => {
    expect(print({}, (out) => printCachedRoute(out, route, fullLayout(names, false)))).toBe(text);
  });
});
