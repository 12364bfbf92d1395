// The law of dumps: what a namespace's own tools print, read again, is what the namespace has; and a lab built from it has
// the same again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildNodes } from '../../src/dump/build.ts';
import { scriptOf } from '../../src/dump/import-script.ts';
import type { DumpedLink, NodeDump } from '../../src/dump/node-dump.ts';
import { readFiles } from '../../src/dump/read-files.ts';
import { readNamespace } from '../../src/dump/read-namespace.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { runScript } from '../../src/shell/run.ts';
import { JSON_COMMANDS, namespaceOf, printed, TEXT_COMMANDS } from './labs.ts';

const NODE = 'n';

/** Devices of every kind, in a fixed order; what the lines below change is drawn. */
const DEVICES = `
ip netns add ${NODE}
ip netns add far
ip -n ${NODE} link set lo up
ip -n ${NODE} link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 netns far
ip -n ${NODE} link add d0 address 02:00:00:00:00:02 type dummy
ip -n ${NODE} link add br0 address 02:00:00:00:00:03 type bridge
ip -n ${NODE} link add p0 address 02:00:00:00:00:04 type veth peer name p1 address 02:00:00:00:00:05
ip -n far link set eth0 up
for device in eth0 d0 br0 p0 p1; do ip -n ${NODE} link set $device up; done
ip -n ${NODE} address add 10.0.0.1/24 brd + dev eth0
`;

const device = fc.constantFrom('eth0', 'd0', 'br0', 'p1', 't0', 'vx0');
const octet = fc.integer({ min: 0, max: 255 });
const host = fc
  .tuple(fc.constantFrom('10.0.0', '10.1.2', '192.168.7'), fc.integer({ min: 2, max: 250 }))
  .map(([net, last]) => `${net}.${last}`);
const prefix = fc
  .tuple(octet, octet, fc.constantFrom(8, 16, 24, 26, 32))
  .map(([a, b, length]) =>
    length === 8
      ? '11.0.0.0/8'
      : length === 16
        ? `11.${a}.0.0/16`
        : `11.${a}.${b}.${length === 32 ? 9 : 0}/${length}`,
  );
const options = (...words: fc.Arbitrary<string>[]) =>
  fc
    .tuple(...words.map((word) => fc.option(word, { nil: '' })))
    .map((chosen) => chosen.filter((word) => word !== '').join(' '));
const line = (...parts: (string | fc.Arbitrary<string | number>)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.join(' '));
const number = (max: number, min = 1) => fc.integer({ min, max });

const ipip = line(
  `ip -n ${NODE} link add t0 type ipip`,
  options(
    fc.constant('remote 10.0.0.9'),
    fc.constant('local 10.0.0.1'),
    fc.constant('ttl 9'),
    fc.constant('tos 0x10'),
    fc.constant('dev eth0'),
  ),
);
const vxlan = line(
  `ip -n ${NODE} link add vx0 address 02:00:00:00:00:06 type vxlan dstport 4789 id`,
  number(9000),
  options(
    fc.constantFrom('remote 10.0.0.9', 'group 239.1.1.1 dev eth0'),
    fc.constant('local 10.0.0.1'),
    fc.constant('nolearning'),
    fc.constantFrom('ttl 7', 'ttl inherit'),
    fc.constantFrom('df set', 'df inherit'),
    fc.constant('srcport 1000 2000'),
    fc.constant('noudpcsum'),
    fc.constant('udp6zerocsumtx'),
    fc.constant('udp6zerocsumrx'),
    fc.constant('proxy'),
  ),
);
const vrf = line(
  `ip -n ${NODE} link add red address 02:00:00:00:00:07 type vrf table`,
  number(200, 77),
  fc.constantFrom('', `; ip -n ${NODE} link set red up`),
  fc.constantFrom('', `; ip -n ${NODE} link set d0 vrf red`, `; ip -n ${NODE} link set eth0 vrf red`),
);
const link = fc.oneof(
  line(`ip -n ${NODE} link set`, device, 'mtu', number(1500, 600)),
  line(`ip -n ${NODE} link set`, device, fc.constantFrom('up', 'down')),
  line(`ip -n ${NODE} link set p0 master br0`),
  line(`ip -n ${NODE} link set`, device, 'alias word'),
  line(`ip -n ${NODE} link set`, device, 'txqueuelen', number(2000)),
  line(`ip -n ${NODE} link set`, device, 'group', number(9)),
  line(
    `ip -n ${NODE} link set br0 type bridge`,
    fc.constantFrom('ageing_time 1000', 'priority 5', 'mcast_snooping 0'),
  ),
  line('ip -n far link set eth0 down'),
);
const address = line(
  `ip -n ${NODE} address add`,
  fc.oneof(
    host.map((one) => `${one}/24`),
    host.map((one) => `${one}/32`),
    fc.tuple(host, host).map(([a, b]) => `${a} peer ${b}/32`),
  ),
  options(
    fc.constant('brd +'),
    fc.constant('scope link'),
    fc.constant('noprefixroute'),
    number(500).map((metric) => `metric ${metric}`),
  ),
  'dev',
  device,
);
const metrics = options(
  number(1500, 600).map((mtu) => `mtu ${mtu}`),
  number(9).map((hops) => `hoplimit ${hops}`),
  fc.constant('advmss 1000'),
  fc.constant('features ecn'),
  fc.constantFrom('rtt 30ms', 'rto_min 200ms', 'initcwnd 20'),
);
const route = fc.oneof(
  line(
    `ip -n ${NODE} route append`,
    prefix,
    options(fc.constantFrom('via 10.0.0.9', 'via 10.0.0.8')),
    'dev eth0',
    options(
      fc.constant('onlink'),
      fc.constantFrom('proto bird', 'proto 80', 'proto static'),
      number(2000).map((metric) => `metric ${metric}`),
    ),
    metrics,
    options(fc.constantFrom('table 100', 'table 254', 'tos 0x10')),
  ),
  line(`ip -n ${NODE} route add`, fc.constantFrom('blackhole', 'unreachable', 'prohibit', 'throw'), prefix),
  line(
    `ip -n ${NODE} route add`,
    prefix,
    'nexthop via 10.0.0.9 weight',
    number(20),
    'nexthop via 10.0.0.8 dev eth0',
    fc.constantFrom('', 'onlink'),
  ),
  line(
    `ip -n ${NODE} route append`,
    prefix,
    'dev',
    device,
    fc.constantFrom('', 'scope link', 'src 10.0.0.1'),
  ),
);
const rule = line(
  `ip -n ${NODE} rule add`,
  fc.constantFrom('', 'not'),
  fc.constantFrom('from all', 'from 10.0.0.0/8', 'from 10.1.1.1'),
  options(
    fc.constant('to 10.9.0.0/16'),
    fc.constantFrom('fwmark 7', 'fwmark 0x10/0xff'),
    fc.constant('iif eth0'),
    fc.constant('tos 0x10'),
    fc.constant('ipproto tcp dport 80-90'),
    fc.constant('uidrange 1000-2000'),
    fc.constant('tun_id 7'),
  ),
  'pref',
  number(32000),
  fc.constantFrom('lookup 100', 'lookup main suppress_prefixlength 0', 'prohibit', 'goto 32766', 'nop'),
);
const entry = fc.oneof(
  line(`ip -n ${NODE} neigh replace`, host, 'lladdr 02:00:00:00:00:99 nud permanent dev', device),
  line(`ip -n ${NODE} neigh add proxy`, host, 'dev', device),
  line(
    `bridge -n ${NODE} fdb append 02:00:00:00:00:77 dev vx0 dst`,
    host,
    options(fc.constant('port 5000'), fc.constant('vni 9'), fc.constant('via eth0')),
  ),
  line(`bridge -n ${NODE} fdb replace 02:00:00:00:00:78 dev p0 master`, fc.constantFrom('static', '')),
);
const setting = line(
  `ip netns exec ${NODE} sysctl -qw`,
  fc.constantFrom(
    'net.ipv4.ip_forward=1',
    'net.ipv4.conf.eth0.rp_filter=2',
    'net.ipv4.conf.all.rp_filter=1',
    'net.ipv4.conf.vx0.proxy_arp=1',
    'net.ipv4.neigh.eth0.proxy_delay=0',
    'net.ipv4.ip_local_port_range="2000 3000"',
    'net.ipv4.conf.default.forwarding=1',
  ),
);

const script = fc
  .tuple(
    fc.option(ipip, { nil: '' }),
    fc.option(vxlan, { nil: '' }),
    fc.option(vrf, { nil: '' }),
    fc.array(fc.oneof(link, address, route, rule, entry, setting, route, address), { maxLength: 25 }),
  )
  .map(([first, second, third, lines]) => [DEVICES, first, second, third, ...lines, 'sleep 3'].join('\n'));

/** What the kernel refuses of the drawn lines is refused here too: only what is there counts. */
const labOf = async (text: string): Promise<Lab> => (await runScript({ script: text })).lab;

/** Without what differs by nature: `lladdr` of entries that the kernel made for groups, and what JSON does not carry. */
function comparable(dump: NodeDump, json: boolean): unknown {
  return {
    links: sorted(dump.links.map((one) => comparableLink(one, json))),
    addresses: sorted(dump.addresses),
    routes: sorted(
      dump.routes.map((one) =>
        json ? { ...one, metrics: one.metrics && { ...one.metrics, mtuLocked: false } } : one,
      ),
    ),
    rules: sorted(dump.rules.map((one) => ({ ...one, mark: one.mark >>> 0, markMask: one.markMask >>> 0 }))),
    // NOARP entries are not listed.
    neighbours: sorted(
      dump.neighbours.filter(({ state, proxy }) => proxy || (state !== 0x40 && state !== 0)),
    ),
    fdb: sorted(dump.fdb),
    sysctls: sorted([...dump.sysctls]),
  };
}

/** JSON names no namespace. */
const comparableLink = (link: DumpedLink, json: boolean): DumpedLink => ({
  ...link,
  peerNamespace: json ? '' : link.peerNamespace,
});

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
const sorted = (values: readonly unknown[]): string[] => values.map(canonical).sort();

async function reread(lab: Lab, name: string, commands: readonly string[]): Promise<NodeDump> {
  const text = await printed(lab, name, commands);
  const { nodes, findings } = readFiles([{ path: `${name}.txt`, text }], { directory: 'dir' });
  expect(findings).toEqual([]);
  return nodes.find(({ dump }) => dump.name === name)?.dump as NodeDump;
}

describe('a random namespace', () => {
  test.each([
    ['as text', TEXT_COMMANDS, false],
    ['as JSON', JSON_COMMANDS, true],
  ])('printed %s and read is what it was', async (_, commands, json) => {
    await fc.assert(
      fc.asyncProperty(script, async (text) => {
        const lab = await labOf(text);
        const dump = await reread(lab, NODE, commands);
        expect(comparable(dump, json)).toEqual(comparable(readNamespace(namespaceOf(lab, NODE), NODE), json));
      }),
      { numRuns: 25 },
    );
  });

  test('printed, read and built again prints the same; so does the script of it', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (text) => {
        const lab = await labOf(text);
        const dumps = [await reread(lab, NODE, TEXT_COMMANDS), await reread(lab, 'far', TEXT_COMMANDS)];
        const again = createLab();
        expect(buildNodes(again, dumps)).toEqual([]);
        const expected = withoutIndices(readNamespace(namespaceOf(lab, NODE), NODE));
        expect(withoutIndices(readNamespace(namespaceOf(again, NODE), NODE))).toEqual(expected);
        const { script: lines } = scriptOf(dumps);
        const { lab: third, stderr } = await runScript({ script: lines });
        expect(stderr).toBe('');
        expect(withoutIndices(readNamespace(namespaceOf(third, NODE), NODE))).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

/** What depends on when a device was made, and learnt things, aside. */
function withoutIndices(dump: NodeDump): unknown {
  return comparable(
    {
      ...dump,
      links: dump.links.map((link) => ({ ...link, index: 0, peerIndex: 0 })),
      fdb: dump.fdb.filter(({ state }) => (state & 0xc0) !== 0),
      neighbours: dump.neighbours.filter(({ state, proxy }) => proxy || (state & 0x80) !== 0),
    },
    false,
  );
}
