// A case: the lines that build a lab, the devices that are listened to, the frames that go in. As a scenario it is a
// script for the kernel and for vrouter alike.
import type { Scenario } from '../kernel/compare/recording.ts';
import { captureOf } from '../kernel/frames/build.ts';

/** A device in a namespace. */
export interface Place {
  readonly host: string;
  readonly device: string;
}

/** A frame that `at` sends. */
export interface Input {
  readonly at: Place;
  readonly frame: Uint8Array;
}

export interface Case {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Shell commands; each can be left out when a case is shrunk. */
  readonly lines: readonly string[];
  readonly taps: readonly Place[];
  readonly inputs: readonly Input[];
  /** What the hosts themselves send afterwards, and what they print. */
  readonly probes: readonly string[];
}

/**
 * Nothing may depend on how fast the frames come or how long anything takes: neighbours neither age nor fail, errors
 * are not limited.
 */
const QUIET = [
  'sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600',
  'sysctl -qw net.ipv4.neigh.default.retrans_time_ms=600000 net.ipv4.neigh.default.locktime=600000',
  'sysctl -qw net.ipv4.neigh.default.proxy_delay=0 net.ipv4.neigh.default.gc_stale_time=3600',
  'sysctl -qw net.ipv4.route.error_cost=0',
  // One kernel runs many cases: a module that one of them loads is there for all.
  'modprobe ipip',
];
const QUIET_HOST = [
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv4.icmp_msgs_per_sec=100000',
  'net.ipv4.icmp_msgs_burst=100000',
  'net.ipv4.conf.all.send_redirects=0',
  'net.ipv4.conf.default.send_redirects=0',
];

const captureName = ({ host, device }: Place): string => `${host}-${device}.pcap`;

/** Consecutive frames of one device are one capture to replay. */
function burstsOf(inputs: readonly Input[]): { at: Place; frames: Uint8Array[] }[] {
  const bursts: { at: Place; frames: Uint8Array[] }[] = [];
  for (const { at, frame } of inputs) {
    const last = bursts.at(-1);
    if (last !== undefined && last.at.host === at.host && last.at.device === at.device)
      last.frames.push(frame);
    else bursts.push({ at, frames: [frame] });
  }
  return bursts;
}

const inputName = (index: number): string => `in${index}.pcap`;

/** Programs are slow to start in the guest: what one can do for many lines, it does at once. */
function batches(lines: readonly string[]): string[] {
  const script: string[] = [];
  const all = new Map<string, string[]>();
  for (const line of lines) {
    const [, command, rest] = /^(ip netns exec \S+ sysctl -qw|(?:ip|bridge)(?: -n \S+)?) (.*)$/.exec(line)!;
    all.set(command!, [...(all.get(command!) ?? []), rest!]);
  }
  const commands = [...all.keys()].sort((a, b) => rank(a) - rank(b));
  for (const command of commands) {
    const items = all.get(command)!;
    if (command.endsWith('sysctl -qw')) script.push(`${command} ${items.join(' ')}`);
    else script.push(`${command} -force -batch - <<'END'`, ...items, 'END');
  }
  return script;
}

/** Cables first, then each host's devices, then what needs them. */
const rank = (command: string): number =>
  command === 'ip' ? 0 : command.startsWith('ip -n') ? 1 : command.startsWith('bridge') ? 2 : 3;

function scriptOf({ name, hosts, lines, taps, inputs, probes }: Case): string {
  return [
    `# Found by test/parity: ${name}.`,
    ...QUIET,
    ...hosts.flatMap((host) => [
      `ip netns add ${host}`,
      `ip netns exec ${host} sysctl -qw ${QUIET_HOST.join(' ')}`,
    ]),
    ...batches(lines),
    // Bridges and tunnels tell of their groups (IGMP), at a random time in the first second and again.
    'sleep 2.5',
    ...taps.map(
      (tap) =>
        `ip netns exec ${tap.host} tcpdump -U -B 512 -i ${tap.device} -w ${captureName(tap)} 2>/dev/null &`,
    ),
    `for file in ${taps.map(captureName).join(' ')}; do`,
    '  for try in $(seq 30); do [ -s $file ] && break; sleep 0.2; done',
    'done',
    'sleep 0.3',
    ...burstsOf(inputs).map(
      ({ at }, i) =>
        `ip netns exec ${at.host} tcpreplay -q -p 100 -i ${at.device} ${inputName(i)} >/dev/null 2>&1`,
    ),
    ...probes,
    'sleep 1.6',
    'kill $(jobs -p) 2>/dev/null',
    'wait',
    ...hosts.flatMap((host) => [
      `echo "== ${host}"`,
      `ip -n ${host} neigh`,
      `ip -o -n ${host} route show cache | sort`,
    ]),
    '',
  ].join('\n');
}

export function scenarioOf(one: Case): Scenario {
  const bursts = burstsOf(one.inputs);
  return {
    name: one.name,
    script: scriptOf(one),
    inputs: new Map(bursts.map(({ frames }, i) => [inputName(i), captureOf(frames)])),
  };
}
