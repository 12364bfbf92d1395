// Forwarding entries with their ages, which recordings cannot hold: values by hand, texts as the real tool prints.
import { describe, expect, it } from 'vitest';
import { type Ipv4, ipv4, parseIpv4 } from '../../../../src/addr/ipv4.ts';
import { type Mac, parseMac } from '../../../../src/addr/mac.ts';
import { NudState } from '../../../../src/admin/neighbour-constants.ts';
import type { FdbInfo } from '../../../../src/admin/types.ts';
import { FdbFlag, parseState, printEntry } from '../../../../src/shell/commands/bridge/fdb-print.ts';
import { parseHardwareAddress } from '../../../../src/shell/commands/bridge/fdb-words.ts';
import { defaultOptions } from '../../../../src/shell/commands/iproute2/options.ts';
import { Printer } from '../../../../src/shell/commands/iproute2/printer.ts';

const SECOND = 1_000_000;

const ENTRY: FdbInfo = {
  mac: parseMac('02:00:00:00:01:00') as Mac,
  device: 'p0',
  index: 3,
  master: 'br0',
  destination: ipv4(0),
  port: 0,
  vni: 0,
  via: '',
  viaIndex: 0,
  linkNetnsId: -1,
  vlan: 1,
  flags: 0,
  state: NudState.PERMANENT,
  used: 6.9 * SECOND,
  updated: 6 * SECOND,
};

const REMOTE: FdbInfo = {
  ...ENTRY,
  device: 'vx0',
  master: '',
  vlan: 0,
  destination: parseIpv4('10.0.0.2') as Ipv4,
  port: 8472,
  vni: 77,
  via: 'p1',
  viaIndex: 5,
  flags: FdbFlag.SELF,
};

const print = (entry: FdbInfo, json = false, withDevice = true): string => {
  const out = new Printer({ ...defaultOptions(), json });
  printEntry(out, entry, { withDevice, statistics: true });
  return out.finish();
};

describe('an entry with -statistics', () => {
  it.each([
    [
      'of a bridge tells whole seconds',
      print(ENTRY),
      '02:00:00:00:01:00 dev p0 vlan 1 used 6/6 master br0 permanent\n',
    ],
    [
      'of a bridge as JSON, where its device was asked for',
      print(ENTRY, true, false),
      '[{"mac":"02:00:00:00:01:00","vlan":1,"used":6,"updated":6,"flags":[],"master":"br0","state":"permanent"}]\n',
    ],
    [
      'of a VXLAN device has them behind the remote',
      print(REMOTE),
      '02:00:00:00:01:00 dev vx0 dst 10.0.0.2 port 8472 vni 77 via p1 used 6/6 self permanent\n',
    ],
    [
      'whose device below lies in another namespace has its index there',
      print({ ...REMOTE, via: '', linkNetnsId: 2 }),
      '02:00:00:00:01:00 dev vx0 dst 10.0.0.2 port 8472 vni 77 via ifindex 5 link-netnsid 2 used 6/6 self permanent\n',
    ],
    [
      'in the list of a device has none',
      print({ ...ENTRY, master: '', vlan: 0, flags: FdbFlag.SELF }),
      '02:00:00:00:01:00 dev p0 self permanent\n',
    ],
    [
      'that was not heard of for long is stale',
      print({ ...ENTRY, vlan: 0, state: NudState.STALE, used: 301 * SECOND, updated: 300 * SECOND }),
      '02:00:00:00:01:00 dev p0 used 301/300 master br0 stale\n',
    ],
    [
      'in another state has its number',
      print({ ...ENTRY, vlan: 0, state: NudState.DELAY }),
      '02:00:00:00:01:00 dev p0 used 6/6 master br0 state=0x8\n',
    ],
  ])('%s', (_, printed, text) => {
    expect(printed).toBe(text);
  });
});

describe('words', () => {
  it.each([
    ['perm', NudState.PERMANENT],
    ['temp', NudState.NOARP],
    ['dyn', NudState.REACHABLE],
    ['sta', NudState.NOARP],
    ['stale', NudState.STALE],
    ['0x40', NudState.NOARP],
    ['foo', null],
  ])('the state %s', (text, state) => {
    expect(parseState(text)).toBe(state);
  });

  it.each([
    ['six numbers', '2:a:0:0:0:41', parseMac('02:0a:00:00:00:41')],
    ['of each the last octet', '102:0:0:0:0:1', parseMac('02:00:00:00:00:01')],
    ['and nothing that follows', '02:00:00:00:00:01/foo', parseMac('02:00:00:00:00:01')],
    ['not five', '02:00:00:00:01', null],
    ['not letters', 'foo', null],
  ])('an address is %s', (_, text, value) => {
    expect(parseHardwareAddress(text)).toBe(value);
  });
});
