// Martians, reverse path filtering and proxy ARP: what a host believes, and for whom it answers.
import { describe, expect, test } from 'vitest';
import { address, twoHosts, World } from './world.ts';

/** An ICMP echo from `source` to `destination` that R receives from A's side. */
function receive(world: World, source: string, destination: string, protocol = 1): string[] {
  const header = [
    0x45,
    0,
    0,
    28,
    0,
    1,
    0,
    0,
    64,
    protocol,
    0,
    0,
    ...source.split('.').map(Number),
    ...destination.split('.').map(Number),
  ];
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += header[i] * 256 + header[i + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
  header[10] = sum >> 8;
  header[11] = sum & 255;
  const frame = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, ...header, 8, 0, 0xf7, 0xff, 0, 0, 0, 0];
  world.lab.receive(world.namespace('R'), 'left', Uint8Array.from(frame));
  world.lab.settle();
  return world.drops('R');
}

describe('martians', () => {
  test.each([
    ['a multicast source', '224.0.0.5', '10.0.2.2', 'IP_INVALID_SOURCE=1'],
    ['a broadcast source', '255.255.255.255', '10.0.2.2', 'IP_INVALID_SOURCE=1'],
    ['the source 0.0.0.0', '0.0.0.0', '10.0.2.2', 'IP_INVALID_SOURCE=1'],
    ['a loopback source', '127.0.0.1', '10.0.2.2', 'IP_LOCALNET=1'],
    ['a loopback destination', '10.0.1.2', '127.0.0.1', 'IP_LOCALNET=1'],
    ['the destination 0.0.0.0', '10.0.1.2', '0.0.0.0', 'IP_INVALID_DEST=1'],
    ['the rest of 0/8, which is unicast since Linux 5.3', '10.0.1.2', '0.1.2.3', 'IP_INNOROUTES=1'],
    ['a source that is an address of ours', '10.0.2.1', '10.0.2.2', 'IP_LOCAL_SOURCE=1'],
    ['a group that nobody here belongs to', '10.0.1.2', '224.1.2.3', 'NOT_FOR_US=1'],
  ])('%s', (_, source, destination, drop) => {
    expect(receive(twoHosts(), source, destination)).toEqual([drop]);
  });

  test('a broadcast ping is ignored unless icmp_echo_ignore_broadcasts says otherwise', () => {
    expect(receive(twoHosts(), '10.0.1.2', '10.0.1.255')).toEqual(['INVALID_PROTO=1']);
    const world = twoHosts();
    world.namespace('R').conf.icmp_echo_ignore_broadcasts = 0;
    expect(receive(world, '10.0.1.2', '10.0.1.255')).toEqual([]);
    expect(world.take('A:eth0').at(-1)).toBe('in IP 10.0.1.1>10.0.1.2 ttl 64 len 28 reply');
  });
});

describe('rp_filter', () => {
  test.each([
    [0, 0, '10.0.2.99', []],
    [1, 0, '10.0.2.99', ['IP_RPFILTER=1']],
    [0, 1, '10.0.2.99', ['IP_RPFILTER=1']],
    [2, 0, '10.0.2.99', []],
    [2, 1, '10.0.2.99', []],
    [1, 0, '10.0.1.99', []],
    [1, 0, '8.8.8.8', ['IP_RPFILTER=1']],
    [2, 0, '8.8.8.8', ['IP_RPFILTER=1']],
  ])('all=%d, device=%d, source %s', (all, own, source, drops) => {
    const world = twoHosts();
    world.namespace('R').confAll.rp_filter = all;
    world.device('R:left').conf.rp_filter = own;
    expect(receive(world, source, '10.0.2.2')).toEqual(drops);
  });
});

describe('proxy ARP', () => {
  /** A pod with Calico's gateway, its node, and perhaps a default route on the node. */
  const pod = (defaultRoute: boolean): World => {
    const world = new World()
      .cable('pod:eth0', 'node:cali1')
      .cable('node:eth0', 'net:eth0')
      .set('node:cali1', { address: 0xeeeeeeeeeeee as never })
      .addr('pod:eth0', '192.168.36.73/32')
      .route('pod', '169.254.1.1/32', { dev: 'eth0' })
      .route('pod', 'default', { via: '169.254.1.1' })
      .addr('node:eth0', '10.0.0.1/24')
      .route('node', '192.168.36.73/32', { dev: 'cali1' })
      .router('node')
      .watch('pod:eth0');
    world.device('node:cali1').conf.proxy_arp = 1;
    world.device('node:cali1').neighConf.proxyDelay = 0;
    return defaultRoute ? world.route('node', 'default', { via: '10.0.0.254' }) : world;
  };

  test('answers for 169.254.1.1 with ee:ee:ee:ee:ee:ee when there is a route to it by another device', () => {
    const world = pod(true);
    world.ping('pod', '10.0.0.1');
    expect(world.take('pod:eth0')).toEqual([
      'out ARP who-has 169.254.1.1 tell 192.168.36.73',
      'in ARP 169.254.1.1 is-at ee:ee:ee:ee:ee:ee to 192.168.36.73',
      'out IP 192.168.36.73>10.0.0.1 ttl 64 len 84 DF echo',
      'in IP 10.0.0.1>192.168.36.73 ttl 64 len 84 reply',
    ]);
  });

  test('does not answer without such a route', () => {
    const world = pod(false);
    world.ping('pod', '10.0.0.1');
    expect(world.take('pod:eth0')).toEqual(['out ARP who-has 169.254.1.1 tell 192.168.36.73']);
  });

  test('waits up to proxy_delay before it answers a broadcast', () => {
    const world = pod(true);
    world.device('node:cali1').neighConf.proxyDelay = 800_000;
    world.ping('pod', '10.0.0.1');
    expect(world.take('pod:eth0')).toHaveLength(1);
    world.wait(0.8);
    expect(world.take('pod:eth0')[0]).toContain('is-at ee:ee:ee:ee:ee:ee');
  });

  test('asks for the pod with the address of the node, having none on the cali interface', () => {
    const world = pod(true);
    world.ping('node', '192.168.36.73');
    expect(world.take('pod:eth0')[0]).toBe('in ARP who-has 192.168.36.73 tell 10.0.0.1');
  });
});

describe('ARP for our own addresses', () => {
  const ask = (world: World, target: string, sender = '10.0.1.2') => {
    const bytes = [2, 0, 0, 0, 0, 2];
    const frame = [255, 255, 255, 255, 255, 255, ...bytes, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, ...bytes];
    frame.push(...sender.split('.').map(Number), 0, 0, 0, 0, 0, 0, ...target.split('.').map(Number));
    world.lab.receive(world.namespace('R'), 'left', Uint8Array.from(frame));
    world.lab.settle();
    return world.take('A:eth0').filter((line) => line.includes('is-at'));
  };
  test.each([
    [0, '10.0.1.1', 1],
    [0, '10.0.2.1', 1],
    [1, '10.0.1.1', 1],
    [1, '10.0.2.1', 0],
    [2, '10.0.1.1', 1],
    [8, '10.0.1.1', 0],
  ])('arp_ignore=%d, asked for %s', (level, target, answers) => {
    const world = twoHosts();
    world.device('R:left').conf.arp_ignore = level;
    expect(ask(world, target)).toHaveLength(answers);
  });

  test('a probe for our address (sender 0.0.0.0) is answered', () => {
    expect(ask(twoHosts(), '10.0.1.1', '0.0.0.0')).toHaveLength(1);
  });

  test('a question for somebody else teaches us nothing about an asker we do not know', () => {
    const world = twoHosts();
    ask(world, '10.0.1.77', '10.0.1.50');
    expect(world.namespace('R').neighbours.lookup(world.device('R:left'), address('10.0.1.50'))).toBeNull();
  });
});
