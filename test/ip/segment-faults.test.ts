// An underlay that misbehaves on request: what is lost, under which name, and who hears of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { dumpRouteCache } from '../../src/admin/route.ts';
import { type SegmentFaults, segmentFaults, setSegmentFaults } from '../../src/admin/segment-faults.ts';
import { sendDatagram } from '../../src/admin/socket.ts';
import { address, World } from './world.ts';

/** Nodes N1 and N2 on segment0, N3 on segment1, and the router between them; MTU 1500 everywhere. */
function underlay(seed = 1): World {
  return new World(seed)
    .link('U:segment0', { kind: 'bridge' })
    .link('U:segment1', { kind: 'bridge' })
    .cable('N1:eth0', 'U:port1')
    .cable('N2:eth0', 'U:port2')
    .cable('N3:eth0', 'U:port3')
    .set('U:port1', { master: 'segment0' })
    .set('U:port2', { master: 'segment0' })
    .set('U:port3', { master: 'segment1' })
    .addr('U:segment0', '10.0.0.254/24')
    .addr('U:segment1', '10.0.1.254/24')
    .addr('N1:eth0', '10.0.0.1/24')
    .addr('N2:eth0', '10.0.0.2/24')
    .addr('N3:eth0', '10.0.1.3/24')
    .route('N1', 'default', { via: '10.0.0.254' })
    .route('N2', 'default', { via: '10.0.0.254' })
    .route('N3', 'default', { via: '10.0.1.254' })
    .up('N1:lo')
    .up('N2:lo')
    .up('U:lo')
    .router('U')
    .watch('N1:eth0', 'N2:eth0', 'N3:eth0');
}

function fault(world: World, device: string, faults: Partial<SegmentFaults> | null): World {
  expect(setSegmentFaults(world.namespace('U'), device, faults)).toBeNull();
  return world;
}

/** What the observer heard in words, from now on. */
function notes(world: World): string[] {
  const heard: string[] = [];
  world.lab.kernel.observer = { note: (_namespace, _packet, words) => heard.push(words) };
  return heard;
}

/** Tunnels between N1 and N2, each with an address inside. */
function tunnelled(kind: 'ipip' | 'vxlan'): World {
  const world = underlay().module(kind);
  for (const [node, other] of [
    [1, 2],
    [2, 1],
  ]) {
    const ends = { local: address(`10.0.0.${node}`), remote: address(`10.0.0.${other}`) };
    if (kind === 'ipip') world.link(`N${node}:tun`, { kind, ipip: ends });
    else world.link(`N${node}:tun`, { kind, vxlan: { vni: 1, port: 4789, ...ends } });
    world.addr(`N${node}:tun`, `192.168.0.${node}/24`);
  }
  return world;
}

/** How many echo replies came back to N1. */
function replies(world: World, to: string, options: Parameters<World['ping']>[2] = {}): number {
  world.ping('N1', to, options);
  return world.take('N1:eth0').filter((line) => line.startsWith('in') && / reply\]*$/.test(line)).length;
}

describe('a segment of the underlay', () => {
  it('carries everything until it is asked not to, and again when that ends', () => {
    const world = underlay();
    expect(replies(world, '10.0.0.2')).toBe(1);
    fault(world, 'segment0', { dropProtocols: [1] });
    expect(replies(world, '10.0.0.2')).toBe(0);
    fault(world, 'segment0', null);
    expect(replies(world, '10.0.0.2')).toBe(1);
    expect(world.device('U:segment0').bridge?.filter).toBeNull();
  });

  it('that carries no protocol 4 loses IPIP and nothing else (calicoctl#949)', () => {
    const world = tunnelled('ipip');
    expect(replies(world, '192.168.0.2')).toBe(1);
    fault(world, 'segment0', { dropProtocols: [4] });
    const heard = notes(world);
    expect([replies(world, '192.168.0.2'), replies(world, '10.0.0.2')]).toEqual([0, 1]);
    expect(world.drops('U')).toEqual(['UNDERLAY_PROTOCOL=1']);
    expect(heard).toEqual(['dropped by the underlay: it carries no IP protocol 4']);
  });

  it('judges what the router sends into it as well', () => {
    const world = fault(underlay(), 'segment1', { dropProtocols: [1] });
    expect(replies(world, '10.0.1.3')).toBe(0);
    expect([world.drops('U'), world.take('N3:eth0').filter((line) => line.includes('IP'))]).toEqual([
      ['UNDERLAY_PROTOCOL=1'],
      [],
    ]);
  });

  it('that carries no udp/4789 loses VXLAN, whose other packets still pass', () => {
    const world = fault(tunnelled('vxlan'), 'segment0', { dropUdpPorts: [4789] });
    const heard = notes(world);
    expect(replies(world, '192.168.0.2')).toBe(0);
    expect(world.drops('U')).toEqual(['UNDERLAY_UDP_PORT=1']);
    expect(heard).toEqual(['dropped by the underlay: it carries no UDP to port 4789']);
    expect(replies(fault(world, 'segment0', { dropUdpPorts: [8472] }), '10.0.0.2')).toBe(1);
  });

  it('drops the later fragments of a datagram whose first one named the port, and no others', () => {
    const world = fault(underlay(), 'segment0', { dropUdpPorts: [5000] });
    replies(world, '10.0.0.2');
    world.take('N2:eth0');
    const send = (port: number) =>
      sendDatagram(world.namespace('N1'), {
        destination: address('10.0.0.2'),
        protocol: 17,
        payload: Uint8Array.from({ length: 4000 }, (_, at) => (at === 2 ? port >> 8 : at === 3 ? port : 0)),
        pmtudisc: 0,
      });
    send(5000);
    send(5001);
    world.lab.settle();
    expect(world.drops('U')).toEqual(['UNDERLAY_UDP_PORT=3']);
    expect(world.take('N2:eth0').filter((line) => line.startsWith('in IP')).length).toBe(3);
  });

  it('that checks sources lets only the addresses of a NIC out of it: bare pods and their ARP are lost', () => {
    const world = underlay();
    const sources = new Map([['port1', [address('10.0.0.1')]]]);
    fault(world, 'segment0', { checkSource: sources });
    const heard = notes(world);
    world.addr('N1:lo', '10.244.1.2/32');
    expect(replies(world, '10.0.0.2')).toBe(1);
    world.ping('N1', '10.0.0.2', { from: '10.244.1.2' });
    expect(world.drops('U')).toEqual(['UNDERLAY_SOURCE=1']);
    expect(heard).toEqual(['dropped by the underlay: source 10.244.1.2 is no address of this NIC']);
    world.addr('N2:eth0', '10.0.0.9/24');
    world.ping('N2', '10.0.0.1', { from: '10.0.0.9' });
    expect(world.drops('U')).toEqual(['UNDERLAY_SOURCE=1']);
  });

  it('asks the sender of an ARP question too, but for a probe', () => {
    const world = fault(underlay(), 'port1', { checkSource: new Map([['port1', [address('10.0.0.7')]]]) });
    expect(replies(world, '10.0.0.2')).toBe(0);
    expect(world.drops('U')).toEqual(['UNDERLAY_SOURCE=1']);
    expect(world.take('N2:eth0')).toEqual([]);
    const probe = '0001080006040001020000000003000000000000000000000a000001';
    const frame = Buffer.from(`ffffffffffff0200000000030806${probe}`, 'hex');
    world.lab.transmit(world.namespace('N1'), 'eth0', frame);
    world.lab.settle();
    expect(world.take('N2:eth0')).toEqual(['in ARP who-has 10.0.0.1 tell 0.0.0.0']);
  });

  it('with a smaller MTU answers 1480 bytes with DF by its router: the sender learns 1460', () => {
    const world = fault(underlay(), 'segment0', { mtu: 1460 });
    const heard = notes(world);
    // Only a protocol that hears of the error learns from it.
    world.namespace('N1').sockets.add({ protocol: 17, receive() {}, error() {} });
    const request = { destination: address('10.0.0.2'), protocol: 17, pmtudisc: 2 };
    const send = () =>
      sendDatagram(world.namespace('N1'), { ...request, payload: new Uint8Array(1460).fill(9) });
    expect(send()).toBe(0);
    world.lab.settle();
    expect(world.drops('U')).toEqual(['UNDERLAY_MTU=1']);
    expect(heard).toEqual(['dropped by the underlay: 1480 > 1460 and DF is set']);
    expect(send()).toBe(Errno.EMSGSIZE);
    expect(dumpRouteCache(world.namespace('N1')).map(({ mtu }) => mtu)).toEqual([1460]);
  });

  it('its answer comes from the address that the router has on the segment', () => {
    const world = fault(underlay(), 'segment1', { mtu: 1460 });
    world.ping('N1', '10.0.1.3', { size: 1452 });
    const errors = world.take('N1:eth0').filter((line) => line.includes('frag-needed'));
    expect(errors).toEqual([expect.stringMatching(/^in IP 10\.0\.0\.254>10\.0\.0\.1 .* frag-needed 1460$/)]);
  });

  it('with a smaller MTU cuts what may be cut, and the pieces arrive with their frame and TTL as they were', () => {
    const world = underlay();
    replies(world, '10.0.0.2');
    world.take('N2:eth0');
    fault(world, 'segment0', { mtu: 1460 });
    expect(replies(world, '10.0.0.2', { size: 1472, df: false })).toBe(1);
    expect(world.take('N2:eth0').filter((line) => line.startsWith('in IP'))).toEqual([
      'in IP 10.0.0.1>10.0.0.2 ttl 64 len 1460 MF echo',
      'in IP 10.0.0.1>10.0.0.2 ttl 64 len 60 offset 1440',
    ]);
    expect([world.drops('U'), world.lab.kernel.pool.outstanding]).toEqual([[], 0]);
  });

  it('that swallows ICMP loses 1500 bytes over 1460 in silence (felix#756), DF or not', () => {
    const world = fault(underlay(), 'segment0', { mtu: 1460, icmp: 'swallow' });
    const heard = notes(world);
    replies(world, '10.0.0.2');
    for (const df of [true, false]) {
      world.ping('N1', '10.0.0.2', { size: 1472, df });
      expect(world.take('N1:eth0').filter((line) => line.startsWith('in'))).toEqual([]);
    }
    expect(world.drops('U')).toEqual(['UNDERLAY_MTU=2']);
    expect(heard[0]).toBe('dropped by the underlay: 1500 > 1460; no ICMP reaches the sender');
  });

  it('that swallows ICMP lets echoes pass and errors not, the router’s own neither', () => {
    const world = fault(underlay(), 'segment0', { icmp: 'swallow' });
    const heard = notes(world);
    expect(replies(world, '10.0.1.3')).toBe(1);
    world.ping('N1', '10.0.1.3', { ttl: 1 });
    expect(world.take('N1:eth0').some((line) => line.includes('time-exceeded'))).toBe(false);
    expect(world.drops('U')).toEqual(['IP_INHDR=1', 'UNDERLAY_ICMP=1']);
    expect(heard).toEqual(['dropped by the underlay: it carries no ICMP errors']);
  });

  it('the smaller of the MTUs of a segment and of a port counts, and other ports are not concerned', () => {
    const world = fault(fault(underlay(), 'segment0', { mtu: 1490 }), 'port1', {
      mtu: 1400,
      icmp: 'swallow',
    });
    replies(world, '10.0.0.2');
    world.ping('N1', '10.0.0.2', { size: 1400 });
    world.ping('N2', '10.0.0.1', { size: 1400, df: true });
    expect(world.drops('U')).toEqual(['UNDERLAY_MTU=2']);
    expect(segmentFaults(world.namespace('U'), 'port1')?.mtu).toBe(1400);
    expect(segmentFaults(world.namespace('U'), 'port2')).toBeNull();
  });

  it('refuses what makes no sense', () => {
    const world = underlay();
    const at = (name: string, device: string, faults: Partial<SegmentFaults>) =>
      setSegmentFaults(world.namespace(name), device, faults)?.errno;
    expect(at('U', 'nowhere', {})).toBe(Errno.ENODEV);
    expect(at('N1', 'eth0', {})).toBe(Errno.EOPNOTSUPP);
    for (const faults of [{ mtu: 67 }, { mtu: -1 }, { dropProtocols: [256] }, { dropUdpPorts: [0] }])
      expect(at('U', 'segment0', faults)).toBe(Errno.EINVAL);
  });

  it('loses no packet without counting it, whatever the frames are', () => {
    const world = underlay();
    replies(world, '10.0.0.2');
    const faults = fc.record({
      dropProtocols: fc.subarray([1, 4, 17]),
      dropUdpPorts: fc.subarray([0x6161]),
      mtu: fc.constantFrom(0, 68, 100, 1400),
      icmp: fc.constantFrom('answer' as const, 'swallow' as const),
    });
    const sent = fc.record({ size: fc.nat(1500), df: fc.boolean(), tos: fc.constantFrom(0, 4) });
    fc.assert(
      fc.property(
        faults,
        fc.array(sent, { maxLength: 5 }),
        fc.uint8Array({ maxLength: 60 }),
        (asked, pings, raw) => {
          fault(world, 'segment0', asked);
          for (const options of pings) world.ping('N1', '10.0.1.3', options);
          const ipv4 = Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 8, 0, 0x45, ...raw]);
          world.lab.transmit(world.namespace('N1'), 'eth0', ipv4);
          world.wait(60);
          return world.lab.kernel.pool.outstanding === 0;
        },
      ),
      { numRuns: 60 },
    );
  });
});
