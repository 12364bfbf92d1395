// What takes text: scripts, command lines, filters, resources, dumps, and the small languages in their options.

import { openCluster } from '../../src/calico/cluster/of-lab.ts';
import { parseUnderlayFault } from '../../src/calico/cluster/underlay-faults.ts';
import { parseCidrOrAddress } from '../../src/calico/resource/cidr.ts';
import { problemText } from '../../src/calico/resource/problem.ts';
import { readResources } from '../../src/calico/resource/read.ts';
import { parseSelector } from '../../src/calico/resource/selector.ts';
import { buildNodes } from '../../src/dump/build.ts';
import { diffNode } from '../../src/dump/diff.ts';
import { readFiles } from '../../src/dump/read-files.ts';
import { createLab } from '../../src/lab/create.ts';
import { jsonPath } from '../../src/shell/commands/kubectl/jsonpath.ts';
import { compileFilter } from '../../src/shell/commands/tcpdump/filter/compile.ts';
import { openPrompt, type Prompt } from '../../src/shell/prompt.ts';
import { runScript } from '../../src/shell/run.ts';
import { scriptText } from '../replay/labs.ts';
import { bashCases, commandLines, frames, scripts, texts, wordsOf } from './corpus.ts';
import { type Target, textTarget } from './target.ts';

/** Small, so that a runaway script ends at once. */
const LIMITS = { commands: 3000, outputBytes: 300_000, fileBytes: 300_000, processes: 60, seconds: 5000 };

/** What no program prints: traces of a mistake in it. (sed's "undefined label" is none.) */
const MISTAKE = /\[object Object\]|\bundefined\b(?! label)|\bNaN\b|TypeError|RangeError/;

function mustBeWords(output: string, input: string): void {
  const found = MISTAKE.exec(output)?.[0];
  if (found !== undefined && !input.includes(found))
    throw new Error(`it says ${found}: ${output.slice(0, 500)}`);
}

const scriptTarget = textTarget(
  'bash',
  () => [...bashCases(), ...scripts().map((text) => text.slice(0, 1500))],
  async (script) => {
    const { output } = await runScript({ script, limits: LIMITS });
    mustBeWords(output, script);
  },
);

const LAB = scriptText('calico-ipip/in/lab.sh');
/** Lines that one lab takes. */
const LAB_LIFE = 300;

/** A shell in a lab that lines are typed into. */
class Lines {
  private readonly script: string;
  private prompt: Prompt | null = null;
  private printed = '';
  /** All that was typed since the shell was opened: variables keep words of it. */
  private typed = '';
  private left = 0;

  constructor(script: string) {
    this.script = script;
  }

  async type(line: string): Promise<void> {
    if (this.prompt === null || --this.left <= 0) await this.open();
    this.printed = '';
    this.typed += line;
    if (await this.prompt!.run(line)) this.prompt = null;
    mustBeWords(this.printed, this.typed);
  }

  private async open(): Promise<void> {
    this.left = LAB_LIFE;
    this.typed = '';
    const sink = (_: unknown, bytes: Uint8Array) => {
      if (this.printed.length < 100_000) this.printed += new TextDecoder().decode(bytes);
    };
    this.prompt = await openPrompt({ isTerminal: false, limits: { ...LIMITS, commands: 100_000 }, sink });
    await this.prompt.run(this.script);
  }
}

function lineTarget(name: string, programs: RegExp, script = LAB, more: readonly string[] = []): Target {
  const lines = new Lines(script);
  const seeds = [...commandLines(programs), ...more];
  return textTarget(
    name,
    () => seeds,
    (line) => lines.type(line),
    wordsOf(seeds),
  );
}

const YAML = () => texts('captures', /\.ya?ml$/);

const CLUSTER = [
  "cat > all.yaml <<'END'",
  ...['nodes', 'ippools', 'blocks', 'workloadendpoints'].flatMap((name) => [
    scriptText(`cluster-ipip/in/${name}.yaml`).trimEnd(),
    '---',
  ]),
  'END',
  'calicoctl apply -f all.yaml >/dev/null; sleep 2',
].join('\n');

const CLUSTER_LINES = [
  'calicoctl get nodes -o wide',
  'calicoctl get ippool default-ipv4-ippool -o yaml',
  'calicoctl get wep -A -o json',
  'calicoctl ipam show --show-blocks --ip=10.65.1.2',
  'calicoctl node status',
  'calicoctl label nodes node1 rack=a --overwrite',
  'calicoctl patch ippool default-ipv4-ippool -p \'{"spec":{"ipipMode":"Never"}}\'',
  'calicoctl patch node node2 -t json -p \'[{"op":"add","path":"/spec/bgp/asNumber","value":65001}]\'',
  'calicoctl delete node node3',
  'calicoctl apply -f all.yaml',
  'calicoctl create -f all.yaml --skip-exists',
  'kubectl get pods -A -o wide',
  'kubectl get nodes -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\n"}{end}\'',
  'kubectl get ippools -l a=b,c!=d -o yaml',
  'kubectl delete pod -n default --all',
  'kubectl run one --image=busybox -n default',
  'kubectl exec -n default one -- ip addr',
  'kubectl patch node node1 --type=merge -p "metadata: {labels: {a: b}}"',
];

const filterTarget = textTarget(
  'filter',
  () => [
    ...commandLines(/tcpdump/).map((line) => line.replace(/^.*-i \S+ /, '')),
    'icmp[icmptype] == icmp-echo and ip[6:2] & 0x1fff != 0',
    'host 10.0.0.1 and (port 53 or portrange 1-1024) and not arp',
    'ether proto 0x800 and ip proto 4 and len > 100',
    'vlan 5 and src net 10.0.0.0/8 or ip6 and tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn',
  ],
  (text) => {
    for (const linkType of [1, 101, 113, 276]) {
      const filter = compileFilter(text, { linkType, live: false }, () => []);
      if (!('matches' in filter)) continue;
      for (const frame of FRAMES) {
        filter.matches(frame, frame.length, true);
        filter.matchesAgain(frame.subarray(0, 20), 20);
      }
    }
  },
  [
    'and',
    'or',
    'not',
    'src',
    'dst',
    'host',
    'net',
    'mask',
    'port',
    'portrange',
    'ip',
    'ip6',
    'arp',
    'tcp',
    'udp',
  ],
);
const FRAMES = frames(20);

/** Resources become a cluster, however odd they are. */
const resourceTarget = textTarget(
  'resources',
  YAML,
  (text) => {
    const result = readResources([{ file: 'in.yaml', text }]);
    for (const problem of result.problems) mustBeWords(problemText(problem), text);
    if (result.problems.some(({ severity }) => severity === 'error')) return;
    if (result.resources.length > 200) return;
    const lab = createLab();
    const cluster = openCluster(lab);
    cluster.load(result);
    cluster.settle();
    lab.runUntil(lab.kernel.clock.now + 5_000_000);
  },
  wordsOf(YAML()),
);

const OUTPUTS = () => texts('captures', /^output.txt$/).map((text) => text.slice(0, 6000));

const dumpTarget = textTarget(
  'dump',
  OUTPUTS,
  (text) => {
    const { nodes } = readFiles([{ path: 'node1.txt', text }], { directory: 'dump' });
    const dumps = nodes.map(({ dump }) => dump);
    const lines: string[] = [];
    buildNodes(createLab(), dumps, (line) => lines.push(line));
    mustBeWords(lines.join('\n'), text);
    for (const dump of dumps)
      for (const { consequence, programmed } of diffNode(dumps[0]!, dump))
        mustBeWords(`${consequence} ${programmed}`, text);
  },
  wordsOf(OUTPUTS()),
);

const selectorTarget = textTarget(
  'selector',
  () => [
    'all()',
    'a == \'b\' && c != "d"',
    "has(x) || !has(y) && z in {'a', 'b'}",
    'k not in {} || global()',
  ],
  (text) => {
    const selector = parseSelector(text);
    if ('matches' in selector) selector.matches({ a: 'b', x: '', __proto__: 'y' });
  },
  ['has', 'all', 'global', 'in', 'not', 'contains', 'starts', 'ends', 'with', '&&', '||', '==', '!='],
);

const OBJECT = { items: [{ metadata: { name: 'a', labels: { k: 'v' } }, spec: { list: [1, 2, null] } }] };

/** Words of options, which are small enough to share a target. */
const wordTarget = textTarget(
  'words',
  () => [
    '10.0.0.0/24,drop-protocol=4,icmp=swallow',
    'path-mtu=1400,check-source',
    '{.items[*].metadata.name}',
    '{range .items[?(@.a=="b")]}{.x}{"\\n"}{end}',
    'fd00::/64',
  ],
  (text) => {
    const fault = parseUnderlayFault(text);
    if (typeof fault === 'string') mustBeWords(fault, text);
    mustBeWords(jsonPath(OBJECT, text) ?? '', text);
    parseCidrOrAddress(text);
  },
);

export const TEXT_TARGETS: readonly Target[] = [
  scriptTarget,
  lineTarget('ip', /^ip /),
  lineTarget('bridge', /^(ip netns exec \S+ )?(bridge|brctl) /),
  lineTarget('net-tools', /^(ip netns exec \S+ )?(ifconfig|route|arp|netstat|sysctl|ethtool|modprobe) /),
  lineTarget('probes', /^(ip netns exec \S+ )?(ping|traceroute|tracepath|arping|tcpdump|tcpreplay) /),
  lineTarget('calicoctl', /^(calicoctl|kubectl) /, CLUSTER, CLUSTER_LINES),
  filterTarget,
  resourceTarget,
  dumpTarget,
  selectorTarget,
  wordTarget,
];
