// Generates captures/router-routes/in: a few hundred routes for `ip -b` and the frames that ask them.
//
//   npx tsx test/kernel/frames/router-routes.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURES } from '../scenarios.ts';
import {
  bytes,
  dotted,
  echo,
  ethernet,
  ipv4,
  pattern,
  seededRandom,
  tcp,
  udp,
  writeCapture,
} from './build.ts';

const random = seededRandom(20211115);
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
const address = (): number => random(2 ** 32) >>> 0;

interface Route {
  network: number;
  length: number;
  line: string;
}

const UNICAST = [
  'via 10.2.0.2 dev out0',
  'via 10.2.0.3 dev out0',
  'via 10.3.0.2 dev out1',
  'via 10.3.0.3',
  'via 10.4.0.2',
  'dev dummy0',
  'via 192.0.2.1 dev out1 onlink',
  'via 10.2.0.2 dev out0 src 10.99.0.1',
  'via 10.3.0.2 dev out1 mtu 700',
];
const REFUSING = ['blackhole', 'unreachable', 'prohibit'];

function networkOf(host: number, length: number): number {
  return length === 0 ? 0 : (host & (0xffffffff << (32 - length))) >>> 0;
}

/** Mostly the lengths of a real table, and each of 0 to 32 at least once. */
function lengths(count: number): number[] {
  const every = Array.from({ length: 33 }, (_, i) => i);
  const common = [8, 12, 16, 16, 20, 22, 24, 24, 24, 26, 28, 30, 31, 32, 32];
  return [...every, ...Array.from({ length: count - every.length }, () => pick(common))];
}

function route(length: number, table: string, kinds: readonly string[]): Route {
  // Unicast space that is not the router's own: 16.0.0.0 to 223.255.255.255.
  const host = (0x10000000 + random(0xd0000000)) >>> 0;
  const network = networkOf(host, length);
  const prefix = `${dotted(network)}/${length}`;
  const refusal = random(5) === 0 ? pick(kinds) : '';
  const metric = random(6) === 0 ? ` metric ${1 + random(300)}` : '';
  const target = refusal === '' ? `${prefix} ${pick(UNICAST)}` : `${refusal} ${prefix}`;
  return { network, length, line: `route add ${target}${table}${metric}` };
}

/** `ip -b` stops at nothing with -force, but a repeated prefix would be an error line: leave it out. */
function distinct(routes: Route[]): Route[] {
  const seen = new Set<string>();
  return routes.filter(({ line }) => {
    const key = line.replace(/via \S+|dev \S+|src \S+|mtu \S+|onlink/g, '').replace(/\s+/g, ' ');
    const known = seen.has(key);
    seen.add(key);
    return !known;
  });
}

function makeRoutes(): Route[] {
  const main = lengths(300).map((length) => route(length, '', REFUSING));
  const nested = Array.from({ length: 60 }, () => {
    const outer = pick(main);
    const length = Math.min(32, outer.length + 1 + random(6));
    return {
      network: outer.network,
      length,
      line: `route add ${dotted(outer.network)}/${length} ${pick(UNICAST)} metric 7`,
    };
  });
  const hundred = lengths(50).map((length) => route(length, ' table 100', [...REFUSING, 'throw', 'throw']));
  const local = [
    { network: 0xc6120000, length: 24, line: 'route add local 198.18.0.0/24 dev lo' },
    { network: 0xc6120100, length: 32, line: 'route add local 198.18.1.0/32 dev lo src 10.99.0.1' },
  ];
  return distinct([...main, ...nested, ...hundred, ...local]);
}

function insideOf({ network, length }: Route): number {
  const hostBits = length === 0 ? 0xffffffff : length === 32 ? 0 : 2 ** (32 - length) - 1;
  return (network | (address() & hostBits)) >>> 0;
}

function payloadFor(src: string, dst: string, i: number): { protocol: number; payload: Uint8Array } {
  const flow = { src, dst, sport: 1024 + random(60000), dport: 1 + random(60000) };
  switch (random(4)) {
    case 0:
      return { protocol: 1, payload: echo(0x4242, i, random(64)) };
    case 1:
      return { protocol: 6, payload: tcp(flow, 0x10, address(), address()) };
    case 2:
      return { protocol: 132, payload: bytes(pattern(random(40))) };
    default:
      return { protocol: 17, payload: udp(flow, pattern(random(20) === 0 ? 600 + random(800) : random(80))) };
  }
}

const SOURCES = ['10.1.0.2', '10.1.0.77', '10.1.1.9', '172.20.3.4', '172.21.5.6'];

function frame(routes: readonly Route[], i: number, gateway: string): Uint8Array {
  const dst = dotted(random(4) === 0 ? address() : insideOf(pick(routes)));
  const src = random(10) === 0 ? dotted(insideOf(pick(routes))) : pick(SOURCES);
  const packet = ipv4({
    src,
    dst,
    ...payloadFor(src, dst, i),
    ttl: pick([1, 2, 3, 64, 64, 64, 64, 128, 255]),
    tos: random(4) === 0 ? random(256) : 0,
    id: i + 1,
    fragment: random(3) === 0 ? 0x4000 : 0,
  });
  return ethernet(gateway, '02:01:00:00:00:02', 0x0800, packet);
}

const into = join(CAPTURES, 'router-routes', 'in');
mkdirSync(into, { recursive: true });
const routes = makeRoutes();
writeFileSync(join(into, 'routes.txt'), `${routes.map(({ line }) => line).join('\n')}\n`);
const frames = (count: number, first: number, gateway: string) =>
  Array.from({ length: count }, (_, i) => frame(routes, first + i, gateway));
writeCapture(join(into, 'in0.pcap'), frames(700, 0, '02:01:00:00:00:01'));
writeCapture(join(into, 'in1.pcap'), frames(300, 700, '02:01:01:00:00:01'));

// A gateway that nobody answers for: the packets wait, then come back as host unreachable.
const waiting = (dst: string, id: number) =>
  ethernet(
    '02:01:00:00:00:01',
    '02:01:00:00:00:02',
    0x0800,
    ipv4({ src: '10.1.0.2', dst, id, protocol: 1, payload: echo(0x4242, id) }),
  );
writeCapture(join(into, 'lost.pcap'), [
  waiting('203.0.113.7', 2001),
  waiting('203.0.113.8', 2002),
  waiting('203.0.113.7', 2003),
]);
