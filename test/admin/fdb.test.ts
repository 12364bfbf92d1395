// Forwarding entries of bridges and VXLAN devices, in the order and with the refusals recorded from Linux 6.1.
import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/addr/ipv4.ts';
import { formatMac, parseMac } from '../../src/addr/mac.ts';
import { changeFdb, deleteFdb, dumpFdb, type FdbFilter, type FdbVerb } from '../../src/admin/fdb.ts';
import { setLink } from '../../src/admin/link.ts';
import type { FdbRequest } from '../../src/admin/types.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, down, ip, machine, ok, pair, up, words } from './machine.ts';

const mac = (text: string) => parseMac(text)!;
const SELF = 2;
const MASTER = 4;
const STATES: Readonly<Record<number, string>> = {
  128: ' permanent',
  64: ' static',
  4: ' stale',
  130: ' permanent',
};

/** The lines of `bridge fdb show`. */
function shown(namespace: Namespace, filter: FdbFilter = {}): string[] {
  return dumpFdb(namespace, filter).map((info) => {
    const to = info.destination === 0 ? '' : ` dst ${formatIpv4(info.destination)}`;
    const port = info.port === 0 ? '' : ` port ${info.port}`;
    const vni = info.vni === 0 ? '' : ` vni ${info.vni}`;
    const via = info.via === '' ? '' : ` via ${info.via}`;
    const vlan = info.vlan === 0 ? '' : ` vlan ${info.vlan}`;
    const where = info.master === '' ? ' self' : ` master ${info.master}`;
    return `${formatMac(info.mac)} dev ${info.device}${vlan}${to}${port}${vni}${via}${where}${STATES[info.state] ?? ''}`;
  });
}

const request = (address: string, device: string, more: Partial<FdbRequest> = {}): FdbRequest => ({
  mac: mac(address),
  device,
  flags: SELF,
  state: 0x80,
  ...more,
});

describe('a bridge', () => {
  function bridged() {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    up(root, 'd0');
    add(root, 'bridge', 'br0', { address: mac('2:0:0:0:0:b0') });
    up(root, 'br0');
    add(root, 'veth', 'p0', {
      address: mac('2:0:0:0:0:1'),
      veth: { peer: { name: 'p1', address: mac('2:0:0:0:0:2') } },
    });
    ok(setLink(root, 'p0', { master: 'br0', up: true }));
    up(root, 'p1');
    return root;
  }

  it('knows itself and its ports, each also in VLAN 1, and what the devices hear', () => {
    expect(shown(bridged())).toEqual([
      '01:00:5e:00:00:01 dev d0 self permanent',
      '01:00:5e:00:00:6a dev br0 self permanent',
      '01:00:5e:00:00:01 dev br0 self permanent',
      '02:00:00:00:00:b0 dev br0 vlan 1 master br0 permanent',
      '02:00:00:00:00:b0 dev br0 master br0 permanent',
      '01:00:5e:00:00:01 dev p1 self permanent',
      '02:00:00:00:00:01 dev p0 vlan 1 master br0 permanent',
      '02:00:00:00:00:01 dev p0 master br0 permanent',
      '01:00:5e:00:00:01 dev p0 self permanent',
    ]);
  });

  it('takes entries of an administrator, the latest first, and says what it does not take', () => {
    const root = bridged();
    const CASES: readonly (readonly [FdbRequest, string])[] = [
      [request('2:0:0:0:0:55', 'p0', { flags: MASTER, state: 0x40 }), 'ok'],
      [request('2:0:0:0:0:56', 'p0', { flags: MASTER }), 'ok'],
      [request('2:0:0:0:0:57', 'p0', { flags: MASTER, state: 0x02 }), 'ok'],
      [request('2:0:0:0:0:57', 'p0', { flags: MASTER, state: 0x02 }), 'File exists'],
      [request('2:0:0:0:0:58', 'p0'), 'ok'],
      [request('2:0:0:0:0:58', 'p0'), 'File exists'],
      [request('2:0:0:0:0:59', 'd0', { flags: MASTER }), 'Operation not supported'],
      [request('2:0:0:0:0:59', 'p0', { flags: MASTER, vlan: 7 }), 'Invalid argument'],
      [request('0:0:0:0:0:0', 'p0', { flags: MASTER }), 'Invalid argument'],
      [request('2:0:0:0:0:59', 'nowhere'), 'Error: unknown ifindex.'],
      [request('2:0:0:0:0:59', 'lo'), 'Error: FDB add only supported for Ethernet devices.'],
    ];
    for (const [asked, outcome] of CASES) expect(words(changeFdb(root, 'add', asked))).toBe(outcome);
    expect(shown(root, { port: 'p0' })).toEqual([
      '02:00:00:00:00:57 dev p0 vlan 1 master br0',
      '02:00:00:00:00:57 dev p0 master br0',
      '02:00:00:00:00:56 dev p0 vlan 1 master br0 permanent',
      '02:00:00:00:00:56 dev p0 master br0 permanent',
      '02:00:00:00:00:55 dev p0 vlan 1 master br0 static',
      '02:00:00:00:00:55 dev p0 master br0 static',
      '02:00:00:00:00:01 dev p0 vlan 1 master br0 permanent',
      '02:00:00:00:00:01 dev p0 master br0 permanent',
      '02:00:00:00:00:58 dev p0 self permanent',
      '01:00:5e:00:00:01 dev p0 self permanent',
    ]);
    expect(words(deleteFdb(root, request('2:0:0:0:0:77', 'p0', { flags: MASTER })))).toBe(
      'No such file or directory',
    );
    ok(deleteFdb(root, request('2:0:0:0:0:55', 'p0', { flags: MASTER })));
    ok(deleteFdb(root, request('2:0:0:0:0:58', 'p0')));
    expect(shown(root, { port: 'p0' }).filter((text) => /:5[58] /.test(text))).toEqual([]);
  });

  it('a port that is down forgets what was learnt; one that leaves forgets everything', () => {
    const root = bridged();
    ok(changeFdb(root, 'add', request('2:0:0:0:0:56', 'p0', { flags: MASTER, state: 0x40 })));
    ok(changeFdb(root, 'add', request('2:0:0:0:0:57', 'p0', { flags: MASTER, state: 0x02 })));
    down(root, 'p1');
    const entries = () =>
      shown(root, { bridge: 'br0' }).filter((text) => text.includes('dev p0') && !text.includes('vlan'));
    expect(entries()).toEqual([
      '02:00:00:00:00:56 dev p0 master br0 static',
      '02:00:00:00:00:01 dev p0 master br0 permanent',
      '01:00:5e:00:00:01 dev p0 self permanent',
    ]);
    ok(setLink(root, 'p0', { address: mac('2:0:0:0:0:a') }));
    expect(entries()[0]).toBe('02:00:00:00:00:0a dev p0 master br0 permanent');
    ok(setLink(root, 'p0', { master: '' }));
    expect(entries()).toEqual([]);
  });
});

describe('a VXLAN device', () => {
  function withTable() {
    const { lab, root } = machine();
    pair(root, 'u0', 'u1');
    add(root, 'vxlan', 'x0', { vxlan: { vni: 1, port: 4789 } });
    const to = (verb: FdbVerb, address: string, destination: string, more: Partial<FdbRequest> = {}) =>
      words(changeFdb(root, verb, request(address, 'x0', { destination: ip(destination), ...more })));
    return { lab, root, to };
  }

  it('has one remote for a unicast address and many for the default, in the order of its hash', () => {
    const { root, to } = withTable();
    expect(words(changeFdb(root, 'add', request('2:0:0:0:0:1', 'x0')))).toBe('Invalid argument');
    const none = '0:0:0:0:0:0';
    const outcomes = [
      to('add', '2:0:0:0:0:1', '10.0.0.2'),
      to('add', '2:0:0:0:0:1', '10.0.0.3'),
      to('replace', '2:0:0:0:0:1', '10.0.0.3'),
      to('append', '2:0:0:0:0:1', '10.0.0.4'),
      to('append', none, '10.0.0.5'),
      to('append', none, '10.0.0.6'),
      to('append', none, '10.0.0.6', { port: 99, vni: 7 }),
      to('replace', none, '10.0.0.7'),
      to('replace', 'ff:ff:ff:ff:ff:ff', '10.0.0.7'),
      to('add', 'ff:ff:ff:ff:ff:ff', '10.0.0.7'),
      to('add', '2:0:0:0:0:2', '10.0.0.2', { state: 0x02 }),
      to('add', '2:0:0:0:0:3', '10.0.0.2', { state: 0x42 }),
      to('add', '2:0:0:0:0:4', '10.0.0.2', { via: 'u0' }),
      to('add', '2:0:0:0:0:9', '10.0.0.2', { via: 'nowhere' }),
      ...['5', '6', '7', '8', '9', 'a', 'b', 'c'].map((last) => to('add', `ee:0:0:0:0:${last}`, '10.0.0.2')),
    ];
    expect(outcomes.slice(0, 14)).toEqual([
      'ok',
      'File exists',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'Error: Cannot replace non-unicast fdb entries.',
      'Operation not supported',
      'ok',
      'ok',
      'ok',
      'ok',
      'Error: Device not found.',
    ]);
    expect(shown(root, { port: 'x0' }).map((text) => text.replace(' dev x0', '').split(' self')[0])).toEqual([
      '00:00:00:00:00:00 dst 10.0.0.5',
      '00:00:00:00:00:00 dst 10.0.0.6',
      '00:00:00:00:00:00 dst 10.0.0.6 port 99 vni 7',
      'ee:00:00:00:00:0a dst 10.0.0.2',
      'ee:00:00:00:00:09 dst 10.0.0.2',
      'ee:00:00:00:00:08 dst 10.0.0.2',
      'ee:00:00:00:00:07 dst 10.0.0.2',
      'ee:00:00:00:00:06 dst 10.0.0.2',
      'ee:00:00:00:00:05 dst 10.0.0.2',
      'ff:ff:ff:ff:ff:ff dst 10.0.0.7',
      '02:00:00:00:00:04 dst 10.0.0.2 via u0',
      '02:00:00:00:00:03 dst 10.0.0.2',
      'ee:00:00:00:00:0c dst 10.0.0.2',
      '02:00:00:00:00:02 dst 10.0.0.2',
      'ee:00:00:00:00:0b dst 10.0.0.2',
      '02:00:00:00:00:01 dst 10.0.0.3',
    ]);
  });

  it('loses one remote of several, or the entry, and when it goes down what was dynamic', () => {
    const { root, to } = withTable();
    for (const last of ['5', '6']) to('append', '0:0:0:0:0:0', `10.0.0.${last}`);
    to('add', '2:0:0:0:0:1', '10.0.0.2');
    to('add', '2:0:0:0:0:2', '10.0.0.2', { state: 0x02 });
    const remove = (address: string, destination?: string) =>
      words(
        deleteFdb(
          root,
          request(address, 'x0', destination === undefined ? {} : { destination: ip(destination) }),
        ),
      );
    expect(remove('0:0:0:0:0:0', '10.0.0.6')).toBe('ok');
    expect(remove('0:0:0:0:0:0', '10.0.0.99')).toBe('ok');
    expect(remove('2:0:0:0:0:99')).toBe('No such file or directory');
    expect(remove('2:0:0:0:0:1')).toBe('ok');
    up(root, 'x0');
    down(root, 'x0');
    expect(shown(root, { port: 'x0' })).toEqual(['00:00:00:00:00:00 dev x0 dst 10.0.0.5 self permanent']);
  });

  it('keeps its remote as the default entry, whatever it is changed to', () => {
    const { root } = withTable();
    add(root, 'vxlan', 'x1', { vxlan: { vni: 1, port: 4790, link: 'u0', remote: ip('10.0.0.9') } });
    expect(shown(root, { port: 'x1' })).toEqual([
      '00:00:00:00:00:00 dev x1 dst 10.0.0.9 via u0 self permanent',
    ]);
    ok(setLink(root, 'x1', { vxlan: { vni: 1, remote: ip('10.0.0.10') } }));
    expect(shown(root, { port: 'x1' })).toEqual([
      '00:00:00:00:00:00 dev x1 dst 10.0.0.10 via u0 self permanent',
    ]);
  });

  it('moved away it tells the id of where its packets are', () => {
    const { lab, root, to } = withTable();
    to('add', '2:0:0:0:0:4', '10.0.0.2', { via: 'u0' });
    const b = lab.addNamespace('b')!;
    ok(setLink(root, 'x0', { namespace: b }));
    expect(dumpFdb(b, {})[0]).toMatchObject({ via: '', viaIndex: 3, linkNetnsId: 0 });
  });
});
