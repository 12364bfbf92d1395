// What nodes print, as people paste it: each form is understood, and what is not is said with its line.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4, parseIpv4 } from '../../src/addr/ipv4.ts';
import { NudState } from '../../src/admin/neighbour-constants.ts';
import { RouteType, Scope } from '../../src/admin/route-constants.ts';
import { isCovered, type NodeDump } from '../../src/dump/node-dump.ts';
import { type Imported, readFiles } from '../../src/dump/read-files.ts';

const read = (text: string, path = 'node1.txt'): Imported =>
  readFiles([{ path, text }], { directory: 'dir' });

/** The one node of a text that is understood to the last line. */
function nodeOf(text: string): NodeDump {
  const { nodes, findings } = read(text);
  expect(findings).toEqual([]);
  expect(nodes).toHaveLength(1);
  return (nodes[0] as (typeof nodes)[0]).dump;
}

const address = (text: string) => parseIpv4(text) as NonNullable<ReturnType<typeof parseIpv4>>;

const IP_R = `default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.8 metric 100
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.8 metric 100
blackhole 10.244.1.0/26 proto bird
10.244.1.5 dev calic440f455693 scope link
10.244.2.0/26 via 10.0.0.9 dev tunl0 proto bird onlink
10.244.3.0/26 via 10.244.3.0 dev vxlan.calico onlink mtu 1450`;

describe('ip route', () => {
  test('a pasted table: types, protocols, metrics, onlink', () => {
    const { routes } = nodeOf(IP_R);
    expect(routes).toHaveLength(6);
    expect(routes[0]).toMatchObject({ length: 0, protocol: 16, priority: 100, prefsrc: address('10.0.0.8') });
    expect(routes[2]).toMatchObject({ type: RouteType.BLACKHOLE, protocol: 12, nextHops: [] });
    expect(routes[3]).toMatchObject({ length: 32, scope: Scope.LINK, protocol: 3 });
    expect(routes[4]?.nextHops).toEqual([
      { device: 'tunl0', gateway: address('10.0.0.9'), weight: 1, flags: 4 },
    ]);
    expect(routes[5]?.metrics?.mtu).toBe(1450);
  });

  test.each([
    ['behind a prompt', `root@node1:~# ip r\n${IP_R}\nroot@node1:~# `],
    ['behind a Red Hat prompt', `[root@node1 ~]# ip route show\n${IP_R}`],
    ['behind a bare $', `$ sudo ip route\n${IP_R}`],
    ['with carriage returns', IP_R.replaceAll('\n', '\r\n')],
    ['indented, with blanks at the ends', IP_R.replaceAll(/^|$/gm, '    ')],
    ['in a fence of Markdown', `\`\`\`console\n${IP_R}\n\`\`\``],
    ['coloured', IP_R.replaceAll(/via (\S+)/g, 'via \x1b[35m$1\x1b[0m')],
    ['under a heading that is a command', `=== ip route ===\n${IP_R}`],
  ])('the same table %s', (_, text) => {
    expect(nodeOf(text).routes).toEqual(nodeOf(IP_R).routes);
  });

  test('several next hops, one to a line or behind backslashes', () => {
    const lines =
      '10.9.0.0/16 proto static \n\tnexthop via 10.0.0.2 dev eth0 weight 2 \n\tnexthop dev t0 weight 1 onlink ';
    const { routes } = nodeOf(lines);
    expect(routes[0]?.nextHops.map(({ device, weight }) => [device, weight])).toEqual([
      ['eth0', 2],
      ['t0', 1],
    ]);
    expect(nodeOf(lines.replaceAll('\n', '\\')).routes).toEqual(routes);
  });

  test('what a filter left out of the lines comes from the command', () => {
    const { routes, coverage } = nodeOf(
      '# ip route show dev tunl0 table 100\n10.1.0.0/16 via 10.0.0.2 proto bird onlink',
    );
    expect(routes[0]).toMatchObject({ table: 100, nextHops: [{ device: 'tunl0' }] });
    expect(coverage).toEqual([{ section: 'route', device: 'tunl0', table: 100 }]);
  });

  test('a part of a table says nothing about the rest of it', () => {
    const part = nodeOf('$ ip route show proto bird\n10.1.0.0/16 via 10.0.0.2 dev eth0');
    expect(part.routes[0]?.protocol).toBe(12);
    expect(isCovered(part, 'route', 'eth0', 254)).toBe(false);
    expect(isCovered(nodeOf(IP_R), 'route', 'eth0', 254)).toBe(true);
  });

  test('a table that only the node has a number for is the same table in routes and rules', () => {
    const { routes, rules } = nodeOf(
      '10.0.0.0/8 dev eth0 table wire\n500:\tfrom all lookup wire\n501:\tfrom all lookup other',
    );
    expect(routes[0]?.table).toBe(rules[0]?.table);
    expect(rules[1]?.table).not.toBe(rules[0]?.table);
  });

  test('answers of ip route get are no routes', () => {
    const { nodes, findings } = read(
      `10.1.1.1 via 10.0.0.2 dev eth0 src 10.0.0.8 uid 0 \n    cache expires 599sec mtu 1480 \n${IP_R}`,
    );
    expect(findings).toEqual([]);
    expect(nodes[0]?.dump.routes).toHaveLength(6);
    expect(nodes[0]?.skipped.lookups).toBeGreaterThan(0);
  });

  test('route -n tells the same of plain routes', () => {
    const text = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
0.0.0.0         10.0.0.1        0.0.0.0         UG    100    0        0 eth0
10.0.0.0        0.0.0.0         255.255.255.0   U     100    0        0 eth0
10.244.1.5      0.0.0.0         255.255.255.255 UH    0      0        0 cali1
10.5.0.0        -               255.255.0.0     !     0      -        0 -`;
    const shapes = nodeOf(text).routes.map(({ destination, length, type }) => [
      destination >>> 24,
      length,
      type,
    ]);
    expect(shapes).toEqual([
      [0, 0, 1],
      [10, 24, 1],
      [10, 32, 1],
      [10, 16, 7],
    ]);
  });
});

describe('other lists', () => {
  test('ip address: devices, other ends, addresses with peers, labels and flags', () => {
    const { links, addresses } =
      nodeOf(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000
    link/ether 0e:11:22:33:44:55 brd ff:ff:ff:ff:ff:ff
    altname enp0s5
    inet 10.0.0.8/24 metric 100 brd 10.0.0.255 scope global dynamic noprefixroute ens5
       valid_lft 3041sec preferred_lft 3041sec
    inet6 fe80::c11:22ff:fe33:4455/64 scope link
       valid_lft forever preferred_lft forever
3: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000
    link/ipip 0.0.0.0 brd 0.0.0.0
    inet 10.244.1.0/32 scope global tunl0
       valid_lft forever preferred_lft forever
7: calic440f455693@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue state UP group default
    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff link-netns cni-1234`);
    expect(links.map(({ name, mtu, peerIndex }) => [name, mtu, peerIndex])).toEqual([
      ['lo', 65536, 0],
      ['ens5', 9001, 0],
      ['tunl0', 1480, 0],
      ['calic440f455693', 1480, 4],
    ]);
    expect(links[3]).toMatchObject({ address: 0xeeeeeeeeeeee, peerNamespace: 'cni-1234' });
    expect(addresses.find(({ device }) => device === 'ens5')).toMatchObject({
      length: 24,
      metric: 100,
      noprefixroute: true,
      broadcast: address('10.0.0.255'),
    });
  });

  test('ip -br and ip -o tell the same addresses', () => {
    const brief = nodeOf(
      'eth0@if5         UP             10.0.0.8/24 10.2.0.1 peer 10.2.0.2/32 \ntunl0@NONE       DOWN           ',
    );
    const line = nodeOf(
      '2: eth0    inet 10.0.0.8/24 scope global eth0\\       valid_lft forever preferred_lft forever',
    );
    expect(brief.addresses[0]).toEqual(line.addresses[0]);
    expect(brief.addresses[1]?.peer).toBe(address('10.2.0.2'));
    expect(brief.links.map(({ name, flags }) => [name, (flags ?? 0) & 1])).toEqual([
      ['eth0', 1],
      ['tunl0', 0],
    ]);
  });

  test('neighbours in every form', () => {
    const { neighbours } = nodeOf(`10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 PERMANENT 
10.0.0.3 dev eth0  FAILED
10.0.0.4 dev eth0 lladdr 02:00:00:00:00:04  used 9/9/9probes 0 STALE 
10.0.0.5 dev eth0 proxy 
10.0.0.6                                eth0             02:00:00:00:00:06
Address                  HWtype  HWaddress           Flags Mask            Iface
10.0.0.7                 ether   02:00:00:00:00:07   CM                    eth0
10.0.0.8                         (incomplete)                              eth0`);
    expect(neighbours.map(({ state, proxy }) => (proxy ? 'proxy' : state))).toEqual([
      NudState.PERMANENT,
      NudState.FAILED,
      NudState.STALE,
      'proxy',
      NudState.REACHABLE,
      NudState.PERMANENT,
      NudState.INCOMPLETE,
    ]);
  });

  test('bridge fdb: a VXLAN entry, also of one device alone, and the entry of a port', () => {
    const { fdb } = nodeOf(`66:2d:bf:44:a6:8b dev vxlan.calico dst 10.0.0.9 self permanent
$ bridge fdb show dev vxlan.calico
66:3e:ca:a4:db:65 dst 10.0.0.10 via eth0 self permanent
$ bridge fdb
02:00:00:00:00:03 dev veth1 vlan 1 master br0 permanent
02:00:00:00:00:04 dev veth1 master br0`);
    expect(fdb.map(({ device, master, via, state }) => [device, master, via, state])).toEqual([
      ['vxlan.calico', '', '', NudState.PERMANENT],
      ['vxlan.calico', '', 'eth0', NudState.PERMANENT],
      ['veth1', 'br0', '', NudState.PERMANENT],
      ['veth1', 'br0', '', NudState.REACHABLE],
    ]);
  });

  test('sysctl -a: dots, slashes for dots in names, and what is no network', () => {
    const { nodes, findings } = read(`kernel.pid_max = 4194304
net.ipv4.ip_forward = 1
net.ipv4.conf.eth0/100.rp_filter = 2
net/ipv4/conf/vxlan.calico/rp_filter = 0
net.ipv4.tcp_rmem = 4096	131072	6291456`);
    expect(findings).toEqual([]);
    expect([...(nodes[0]?.dump.sysctls ?? [])]).toEqual([
      ['net/ipv4/ip_forward', '1'],
      ['net/ipv4/conf/eth0.100/rp_filter', '2'],
      ['net/ipv4/conf/vxlan.calico/rp_filter', '0'],
      ['net/ipv4/tcp_rmem', '4096\t131072\t6291456'],
    ]);
    expect(nodes[0]?.skipped.settings).toBe(1);
  });

  test('ifconfig: devices, addresses and aliases', () => {
    const { links, addresses } = nodeOf(`eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet 10.0.0.8  netmask 255.255.255.0  broadcast 10.0.0.255
        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>
        ether 02:00:00:00:00:08  txqueuelen 1000  (Ethernet)
        RX packets 0  bytes 0 (0.0 B)
        TX packets 0  bytes 0 (0.0 B)
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0

tunl0: flags=193<UP,RUNNING,NOARP>  mtu 1480
        inet 10.244.1.0  netmask 255.255.255.255
        tunnel   txqueuelen 1000  (IPIP Tunnel)`);
    expect(links.map(({ name, mtu }) => [name, mtu])).toEqual([
      ['eth0', 1500],
      ['tunl0', 1480],
    ]);
    expect(addresses.map(({ device, length }) => [device, length])).toEqual([
      ['eth0', 24],
      ['tunl0', 32],
    ]);
  });

  test('JSON on one line or on many, several documents and text in one file', () => {
    const route = {
      dst: '10.244.2.0/26',
      gateway: '10.0.0.9',
      dev: 'tunl0',
      protocol: 'bird',
      flags: ['onlink'],
    };
    const { routes, neighbours } = nodeOf(
      `${JSON.stringify([route])}\n[{"dst":"10.0.0.2","dev":"eth0","lladdr":"02:00:00:00:00:02","state":["PERMANENT"]}]\n${JSON.stringify([{ ...route, dst: '10.244.3.0/26' }], null, 4)}\ndefault via 10.0.0.1 dev eth0`,
    );
    expect([routes.length, neighbours.length]).toEqual([3, 1]);
    expect(routes[0]).toMatchObject({
      destination: ipv4(0x0af40200),
      protocol: 12,
      nextHops: [{ flags: 4 }],
    });
  });
});

describe('what is not understood', () => {
  test.each([
    ['a word that nobody knows', '10.0.0.0/8 via 10.0.0.1 dev eth0 encap mpls 5', 'unknown word "encap"'],
    ['an address that is none', '10.0.0.300 dev eth0 scope link', '"10.0.0.300" is no IPv4 prefix'],
    ['a gateway that is none', '10.0.0.0/8 via 10.0.0.257 dev eth0', 'gateway is "10.0.0.257"'],
    ['anything else', 'no such thing', 'not understood'],
    ['JSON of another tool', '[{"kind":"Pod"}]', 'not an object of ip or bridge'],
    ['JSON that was cut off', '[{"dst":"10.0.0.0/8",', 'a JSON document that does not end'],
  ])('%s is a finding with its line', (_, line, why) => {
    const { findings } = read(`default via 10.0.0.1 dev eth0\n\n${line}`);
    expect(findings).toEqual([{ file: 'node1.txt', line: 3, text: expect.any(String), why }]);
  });

  test('IPv6 is counted, whatever list it stands in', () => {
    const { nodes, findings } = read(`default via fe80::1 dev eth0 proto ra metric 1024
fe80::/64 dev eth0 proto kernel metric 256 pref medium
fe80::2 dev eth0 lladdr 02:00:00:00:00:02 router REACHABLE
# ip -6 rule
0:	from all lookup local
$ ip r
default via 10.0.0.1 dev eth0`);
    expect(findings).toEqual([]);
    expect(nodes[0]?.skipped.ipv6).toBe(4);
    expect(nodes[0]?.dump.routes).toHaveLength(1);
  });

  test('the output of other commands is one finding for each command', () => {
    const { findings } = read(`root@node1:~# kubectl get nodes
NAME    STATUS   ROLES
node1   Ready    control-plane
root@node1:~# ip r
default via 10.0.0.1 dev eth0`);
    expect(findings).toEqual([
      { file: 'node1.txt', line: 2, text: 'kubectl get nodes', why: "2 lines of another command's output" },
    ]);
  });
});

describe('whose a file is', () => {
  const ROUTE = 'default via 10.0.0.1 dev eth0';
  const names = (paths: readonly string[], text = ROUTE) =>
    readFiles(
      paths.map((path) => ({ path, text })),
      { directory: 'dir' },
    ).nodes.map(({ dump }) => dump.name);

  test('a sub-directory, a file, or a file named for what is in it', () => {
    expect(names(['node1/ip-r.txt', 'node1/addr.json'])).toEqual(['node1']);
    expect(names(['node1.txt', 'node2.log'])).toEqual(['node1', 'node2']);
    expect(names(['node-1-ip-route.txt', 'node-1.bridge-fdb.json'])).toEqual(['node-1']);
    expect(names(['ip-route.txt', 'sysctl.txt'])).toEqual(['dir']);
  });

  test('hosts of prompts in one file', () => {
    const text = `root@a:~# ip r\n${ROUTE}\nroot@b:~# ip r\n${ROUTE}`;
    expect(names(['paste.txt'], text)).toEqual(['a', 'b']);
  });

  test('another namespace of the host is a node of its own', () => {
    expect(
      names(['node1.txt'], `${ROUTE}\n$ ip -n pod1 r\n${ROUTE}\n$ ip netns exec pod2 ip r\n${ROUTE}`),
    ).toEqual(['node1', 'pod1', 'pod2']);
  });
});

describe("the kernel's own text", () => {
  const golden = (name: string) => readFileSync(`captures/${name}/golden/output.txt`, 'utf8');

  test('every list of ip-show is understood; what is left is other commands and their tables', () => {
    const { nodes, findings } = read(golden('ip-show'));
    const own = nodes.find(({ dump }) => dump.name === 'node1')?.dump as NodeDump;
    expect(own.links.map(({ name }) => name)).toEqual([
      'lo',
      'tunl0',
      'veth0',
      'd0',
      'br0',
      'vx0',
      't0',
      't1',
    ]);
    expect(own.links.map(({ kind }) => kind)).toEqual([
      '',
      'ipip',
      'veth',
      'dummy',
      'bridge',
      'vxlan',
      'ipip',
      'ipip',
    ]);
    expect([own.rules.length, own.neighbours.length]).toEqual([8, 2]);
    expect(findings.filter(({ why }) => !/another command's|not an object/.test(why))).toEqual([]);
  });

  test.each(['calico-ipip', 'calico-vxlan', 'flannel-vxlan', 'policy-routing', 'neigh-states', 'net-tools'])(
    'in the transcript of %s every line with a device, a route or an entry is understood',
    (name) => {
      const suspicious = / dev | link\/|lladdr|inet |lookup |scope /;
      const { findings } = read(golden(name));
      expect(findings.filter(({ text }) => suspicious.test(text)).map(({ text }) => text)).toEqual([]);
    },
  );
});

test('nothing throws, and a line is understood, counted or told, whatever was cut out of a paste', () => {
  const lines = ['ip-show', 'net-tools', 'calico-vxlan'].flatMap((name) =>
    readFileSync(`captures/${name}/golden/output.txt`, 'utf8').split('\n'),
  );
  const mangled = fc
    .tuple(fc.constantFrom(...lines), fc.nat(80), fc.nat(80), fc.string({ maxLength: 4 }))
    .map(([line, from, length, put]) => line.slice(0, from) + put + line.slice(from + length));
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), mangled), { maxLength: 30 }), (chosen) => {
      const { findings } = read(chosen.join('\n'));
      for (const { line, why } of findings)
        expect([chosen[line - 1] !== undefined, why !== '']).toEqual([true, true]);
    }),
    { numRuns: 300 },
  );
});
