// What a case does, step by step: as a script that the kernel and vrouter run alike, and as the list that agent.pl runs
// in the guest, which starts fewer programs.
import { captureOf } from '../kernel/frames/build.ts';
import { type Case, isInput, type Place } from './case.ts';

/**
 * Nothing may depend on how fast the frames come or how long anything takes: neighbours neither age nor fail, pieces wait
 * for the rest as long as it takes, errors are not limited. One kernel runs many cases: a module that one of them loads is there for all.
 */
export const QUIET = [
  'sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600',
  'sysctl -qw net.ipv4.neigh.default.retrans_time_ms=600000 net.ipv4.neigh.default.locktime=600000',
  'sysctl -qw net.ipv4.neigh.default.proxy_delay=0 net.ipv4.neigh.default.gc_stale_time=3600',
  'sysctl -qw net.ipv4.route.error_cost=0',
  'modprobe ipip',
];
const QUIET_HOST = [
  'icmp_ratelimit=0',
  'icmp_msgs_per_sec=100000',
  'icmp_msgs_burst=100000',
  'ipfrag_time=3600',
  'conf.all.send_redirects=0',
  'conf.default.send_redirects=0',
];

/** The verb is one of agent.pl's; words are what it takes. */
interface Step {
  readonly verb: 'host' | 'set' | 'ip' | 'bridge' | 'sleep' | 'tap' | 'send' | 'run' | 'show';
  readonly words: readonly string[];
}

const step = (verb: Step['verb'], ...words: string[]): Step => ({ verb, words });

const LINE = /^(?:ip netns exec (\S+) sysctl -qw net\.ipv4\.(\S+)=(.*)|(ip|bridge) -n (\S+) (.*))$/;

/** What a line of a case does; all lines are for one host. */
function stepOf(line: string): Step {
  const [, settingHost, key, value, program, host, rest] = LINE.exec(line)!;
  if (settingHost !== undefined) return step('set', settingHost, key!, value!);
  return step(program as 'ip' | 'bridge', host!, rest!);
}

/** Cables first, then each host's devices, then what needs them; of one host together, to be done at once. */
function orderOf({ verb, words }: Step, hosts: readonly string[]): number {
  const cable = verb === 'ip' && words[1]!.includes(' peer name ');
  const rank = cable ? 0 : verb === 'ip' ? 1 : verb === 'bridge' ? 2 : 3;
  return rank * 10 + hosts.indexOf(words[0]!);
}

function building({ hosts, lines }: Case): Step[] {
  const quiet = (host: string) => QUIET_HOST.map((setting) => step('set', host, ...setting.split('=')));
  const order = (one: Step) => orderOf(one, hosts);
  return [
    ...hosts.flatMap((host) => [step('host', host), ...quiet(host)]),
    ...lines.map(stepOf).sort((a, b) => order(a) - order(b)),
    // Bridges and tunnels tell of their groups (IGMP), at a random time in the first second and again.
    step('sleep', '2.5'),
  ];
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A change settles: carrier is told at most once in a second (linkwatch). */
function happening({ inputs }: Case): Step[] {
  return inputs.flatMap((input) =>
    isInput(input)
      ? [step('send', input.at.host, input.at.device, hexOf(input.frame))]
      : [stepOf(input.line), step('sleep', /link set/.test(input.line) ? '1.3' : '0.1')],
  );
}

const captureName = ({ host, device }: Place): string => `${host}-${device}.pcap`;

/** All that is counted, but for what reports of groups (IGMP) move, which come when chance will have them. */
const COUNTERS = 'nstat -as IpIn[!R]* Ip[!EI]* Icmp* Udp* Tcp* IpExtOut* IpExtIn[!ON]* IpExtReasm*';

const QUESTION = /^ip -n (\S+) (route get .*)$/;
const COMMAND = /^ip netns exec (\S+) (.*)$/;

function ending({ hosts, probes }: Case): Step[] {
  const asked = probes.map((line) => QUESTION.exec(line)).filter((found) => found !== null);
  const run = probes.map((line) => COMMAND.exec(line)).filter((found) => found !== null);
  return [
    ...run.map(([, host, command]) => step('run', host!, command!)),
    step('sleep', '0.3'),
    ...asked.map(([, host, question]) => step('ip', host!, question!)),
    ...hosts.flatMap((host) => [step('ip', host, 'neigh'), step('ip', host, 'route show cache')]),
    ...hosts.map((host) => step('run', host, COUNTERS)),
    ...hosts.map((host) => step('show', host)),
  ];
}

function stepsOf(one: Case): Step[] {
  const taps = one.taps.map((tap) => step('tap', tap.host, tap.device, captureName(tap)));
  return [...building(one), ...taps, step('sleep', '0.2'), ...happening(one), ...ending(one)];
}

const pathOf = (key: string): string => `net/ipv4/${key.replaceAll('.', '/')}`;

/** The file that agent.pl reads. */
export function agentSteps(one: Case): string {
  const words = ({ verb, words }: Step) =>
    verb === 'set' ? [words[0]!, pathOf(words[1]!), words[2]!] : words;
  return stepsOf(one)
    .map((one) => `${[one.verb, ...words(one)].join('\t')}\n`)
    .join('');
}

/** Steps that one command of a script does together: of one verb, for one host, frames for one device. */
function together(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  const key = ({ verb, words }: Step) =>
    verb === 'send' ? `send ${words[0]} ${words[1]}` : verb === 'tap' ? verb : `${verb} ${words[0]}`;
  const apart: readonly string[] = ['run', 'sleep', 'show', 'host'];
  for (const one of steps) {
    const last = groups.at(-1);
    if (last !== undefined && key(last[0]!) === key(one) && !apart.includes(one.verb)) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

function tcpdumps(taps: readonly Step[]): string[] {
  const files = taps.map(({ words }) => words[2]!);
  return [
    ...taps.map(
      ({ words: [host, device, file] }) =>
        `ip netns exec ${host} tcpdump -U -B 512 -i ${device} -w ${file} 2>/dev/null &`,
    ),
    `for file in ${files.join(' ')}; do`,
    '  for try in $(seq 30); do [ -s $file ] && break; sleep 0.2; done',
    'done',
  ];
}

/** What a host's `ip` and `bridge` printed: errors as they came, the rest sorted. */
function showing(host: string): string[] {
  return [
    `echo "== ${host}"`,
    `grep -v '^Command failed' ${host}.err`,
    `sort ${host}.out`,
    `rm ${host}.err ${host}.out`,
  ];
}

const PROGRAMS = { ip: 'ip -o', bridge: 'bridge' };

function commandsOf(group: readonly Step[], inputName: () => string): string[] {
  const { verb, words } = group[0]!;
  const [host, ...rest] = words;
  switch (verb) {
    case 'host':
      return [`ip netns add ${host}`];
    case 'set': {
      const settings = group.map(({ words: [, key, value] }) => `net.ipv4.${key}=${value}`);
      return [`ip netns exec ${host} sysctl -qw ${settings.join(' ')}`];
    }
    case 'ip':
    case 'bridge': {
      const command = `${PROGRAMS[verb]} -n ${host} -force -batch -`;
      return [
        `${command} >>${host}.out 2>>${host}.err <<'END'`,
        ...group.map(({ words }) => words[1]!),
        'END',
      ];
    }
    case 'sleep':
      return [`sleep ${host}`];
    case 'tap':
      return tcpdumps(group);
    case 'send':
      return [
        `ip netns exec ${host} tcpreplay -q -p 100 -i ${rest[0]} ${inputName()} >/dev/null 2>/dev/null`,
      ];
    case 'run':
      return [`ip netns exec ${host} ${rest[0]}`];
    case 'show':
      return showing(host!);
  }
}

export interface Script {
  readonly script: string;
  /** The frames to replay, by file. */
  readonly inputs: ReadonlyMap<string, Uint8Array>;
}

export function scriptOf(one: Case): Script {
  const groups = together(stepsOf(one));
  const inputs = new Map<string, Uint8Array>();
  const commands = groups.map((group) =>
    commandsOf(group, () => {
      const name = `in${inputs.size}.pcap`;
      inputs.set(name, captureOf(group.map(({ words }) => Buffer.from(words[2]!, 'hex'))));
      return name;
    }),
  );
  const shows = groups.findIndex(([first]) => first!.verb === 'show');
  // tcpdump hears of frames up to a second late.
  const stop = ['sleep 1.6', 'kill $(jobs -p) 2>/dev/null', 'wait'];
  commands.splice(shows < 0 ? commands.length : shows, 0, stop);
  const lines = [`# Found by test/parity: ${one.name}.`, ...QUIET, ...commands.flat(), ''];
  return { script: lines.join('\n'), inputs };
}
