// Labs in which packets are followed: the recorded Calico labs, and a small one of two hosts with a router between.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../src/lab/lab.ts';
import { runScript } from '../../src/shell/run.ts';
import type { Probe } from '../../src/trace/probe.ts';
import { type Trace, trace } from '../../src/trace/trace.ts';
import { labEnds } from '../../src/trace/trace-ends.ts';
import type { Journey, Step } from '../../src/trace/trace-types.ts';

const CAPTURES = join(import.meta.dirname, '../../captures');

export const labScript = (scenario: string): string =>
  readFileSync(join(CAPTURES, scenario, 'in/lab.sh'), 'utf8');

/** a 10.0.1.2 ─ 10.0.1.1 r 10.0.2.1 ─ 10.0.2.2 b */
export const ROUTER = `
for host in a r b; do ip netns add $host; ip -n $host link set lo up; done
ip link add eth0 netns a type veth peer name left netns r
ip link add eth0 netns b type veth peer name right netns r
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev left
ip -n r addr add 10.0.2.1/24 dev right
ip -n b addr add 10.0.2.2/24 dev eth0
for end in 'a eth0' 'r left' 'r right' 'b eth0'; do set -- $end; ip -n $1 link set $2 up; done
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sysctl -qw net.ipv4.icmp_ratelimit=0
`;

export async function buildLab(script: string): Promise<Lab> {
  const { lab, exitCode, output } = await runScript({ script, seed: 1 });
  if (exitCode !== 0) throw new Error(`the lab's script failed: ${output}`);
  return lab;
}

export interface Asked extends Partial<Probe> {
  readonly oneWay?: boolean;
  readonly listen?: boolean;
}

const PING: Probe = { protocol: 'icmp', size: 56, df: false, ttl: 0, sourcePort: 49152, port: 33434 };

export function traceIn(lab: Lab, from: string, to: string, asked: Asked = {}): Trace {
  const ends = labEnds(lab);
  const [source, target] = [ends(from), ends(to)];
  if (source === null || source.namespace === null || target === null) throw new Error(`no ${from} or ${to}`);
  const { oneWay = false, listen = false, ...probe } = asked;
  return trace(lab, {
    from: { ...source, name: from, namespace: source.namespace },
    to: { ...target, name: to },
    probe: { ...PING, ...probe },
    oneWay,
    listen,
  });
}

/** All steps of a kind, in order. */
export const stepsOf = <K extends Step['kind']>({ hops }: Journey, kind: K): Extract<Step, { kind: K }>[] =>
  hops.flatMap(({ steps }) => steps).filter((step) => step.kind === kind) as Extract<Step, { kind: K }>[];
