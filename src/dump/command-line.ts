// The command whose output follows, where the paste has it: `root@node1:~# ip -d a`, `$ ip r`, `ssh node1 ip n` or the
// bare words. What it asked for is left out of what it prints (`ip route show dev eth0`), and says what would be there.
import { Table } from '../admin/route-constants.ts';
import { parseNumber } from './fields.ts';
import type { Coverage, Section } from './node-dump.ts';
import { TABLE_NAMES } from './route.ts';

export interface CommandLine {
  readonly text: string;
  /** The host of the prompt, '' for none. */
  readonly host: string;
  /** The network namespace that was asked, '' for the node's own. */
  readonly namespace: string;
  readonly kind: 'show' | 'lookup' | 'ipv6' | 'other';
  /** What its output is all of; none where a filter may hide the rest. */
  readonly coverage: readonly Coverage[];
  /** Words of the filter that the output leaves out, in pairs. */
  readonly hidden: readonly (readonly [word: string, value: string])[];
}

const PROMPT =
  /^\s*(?:(?:\([^)]*\)\s*)?\[?[\w.-]+@(?<host>[\w.-]+?)(?:[:\s][^#$%>]*)?\]?[#$%>]\s+|(?<plain>[\w.:~/-]+(?:\s[\w.:~/-]+)?\s?)?[#$%]\s+|[=>*+-]{1,4}\s+)(?<rest>\S.*)$/;

/** A prompt that waits. */
export const isBarePrompt = (line: string): boolean => /^\s*(\[?[\w.-]+@[^#$%>]*[#$%>]|[#$%])\s*$/.test(line);

const TOOLS = new Set(['ip', 'bridge', 'sysctl', 'route', 'ifconfig', 'arp']);

/** Null for a line that is no command. */
export function commandLine(line: string): CommandLine | null {
  const match = PROMPT.exec(line);
  const groups = match?.groups;
  const rest = (groups?.rest ?? line).trim().replace(/\s+[=<*-]+$/, '');
  const words = rest.split(/\s+/);
  const at = toolAt(words);
  if (at >= 0 && (match !== null || isBare(words.slice(at)))) {
    const host = words[0] === 'ssh' ? (words[at - 1] ?? '') : (groups?.host ?? '');
    return { ...showing(words.slice(at)), host: host.split('@').at(-1) as string, text: rest };
  }
  return isForeign(groups, line) ? { ...OTHER, host: groups?.host ?? '', text: rest } : null;
}

const OTHER: Omit<CommandLine, 'host' | 'text'> = { namespace: '', kind: 'other', coverage: [], hidden: [] };

/** A prompt with a host before it, or `$ `: a line with # alone in front is a comment. */
const isForeign = (groups: Record<string, string | undefined> | undefined, line: string): boolean =>
  groups?.host !== undefined || /^\s*\$ [a-z./]/.test(line);

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** Words that run the command behind them. */
const CARRIERS = new Set(['sudo', 'ssh', 'exec', '--', 'nsenter', 'watch', 'env', 'timeout', 'time']);

function toolAt(words: readonly string[]): number {
  const at = words.findIndex((word) => TOOLS.has(baseName(word)));
  return at <= 0 || words.slice(0, at).some((word) => CARRIERS.has(word)) ? at : -1;
}

/** Without a prompt a line must look like nothing else: `ip route`, `bridge fdb show`, `sysctl -a`. */
function isBare(words: readonly string[]): boolean {
  const [tool, first] = words;
  if (words.length > 12) return false;
  if (first === undefined) return ['route', 'ifconfig', 'arp'].includes(baseName(tool as string));
  return baseName(tool as string) === 'ip' || baseName(tool as string) === 'bridge'
    ? first.startsWith('-') || objectOf(first) !== null || first === 'netns'
    : first.startsWith('-') || baseName(tool as string) === 'sysctl';
}

// ---- words -----------------------------------------------------------------------------------------------------

const OBJECTS: readonly (readonly [name: string, section: Section])[] = [
  ['address', 'address'],
  ['link', 'link'],
  ['route', 'route'],
  ['rule', 'rule'],
  ['neighbor', 'neighbour'],
  ['neighbour', 'neighbour'],
  ['fdb', 'fdb'],
];

/** iproute2 takes the first object that the word begins. */
const objectOf = (word: string): Section | null =>
  OBJECTS.find(([name]) => word !== '' && name.startsWith(word))?.[1] ?? null;

const all = (...sections: Section[]): Coverage[] =>
  sections.map((section) => ({ section, device: '', table: 0 }));

function showing(words: readonly string[]): Omit<CommandLine, 'host' | 'text'> {
  const [tool, ...rest] = words;
  switch (baseName(tool as string)) {
    case 'sysctl':
      return {
        ...OTHER,
        kind: 'show',
        coverage: rest.some((word) => /^-a|^--all/.test(word)) ? all('sysctl') : [],
      };
    case 'route':
      return { ...OTHER, kind: 'show', coverage: [{ section: 'route', device: '', table: Table.MAIN }] };
    case 'ifconfig':
      return { ...OTHER, kind: 'show', coverage: rest.every((word) => word === '-a') ? all('address') : [] };
    case 'arp':
      return { ...OTHER, kind: 'show', coverage: all('neighbour') };
    default:
      return shownByIproute(rest);
  }
}

/** `ip` and `bridge`: options, the object, what to do with it, filters. */
function shownByIproute(words: readonly string[]): Omit<CommandLine, 'host' | 'text'> {
  let namespace = '';
  let ipv6 = false;
  let at = 0;
  for (; words[at]?.startsWith('-'); at++) {
    const option = words[at] as string;
    if (/^--?(n|net|netns)$/.test(option)) namespace = words[++at] ?? '';
    else if (/^--?f(amily)?$/.test(option)) ipv6 = words[++at] === 'inet6';
    else if (option === '-6') ipv6 = true;
    // Every namespace at once: whose lines follow is not known.
    else if (/^--?a(ll)?$/.test(option)) return OTHER;
  }
  const [object, verb, ...more] = words.slice(at);
  if (object === 'netns' && verb === 'exec')
    return { ...(commandLine(more.slice(1).join(' ')) ?? OTHER), namespace: more[0] ?? '' };
  const section = objectOf(object ?? '');
  if (section === null) return { ...OTHER, namespace };
  if (ipv6) return { ...OTHER, namespace, kind: 'ipv6' };
  return { namespace, ...filtered(section, verb ?? 'show', more) };
}

const SHOW = ['show', 'list', 'lst', 'ls'];
const GET = 'get';

function filtered(
  section: Section,
  verb: string,
  more: readonly string[],
): Pick<CommandLine, 'kind' | 'coverage' | 'hidden'> {
  if (verb.length > 0 && GET.startsWith(verb)) return { kind: 'lookup', coverage: [], hidden: [] };
  const shows = SHOW.some((word) => word.startsWith(verb));
  if (!shows && /^(add|append|change|chg|delete|del|flush|replace|prepend|set|test|save|restore)$/.test(verb))
    return { kind: 'other', coverage: [], hidden: [] };
  return { kind: 'show', ...filterOf(section, shows ? more : [verb, ...more]) };
}

const HIDING = new Set(['dev', 'via', 'proto', 'protocol', 'scope', 'table', 'brport', 'oif']);
const CANONICAL: Readonly<Record<string, string>> = { protocol: 'proto', brport: 'dev', oif: 'dev' };

function filterOf(section: Section, words: readonly string[]): Pick<CommandLine, 'coverage' | 'hidden'> {
  const hidden: [string, string][] = [];
  let complete = true;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    // `ip link show eth0` and `ip route show 10.0.0.0/8`: a name or prefix without a word before it.
    if (!HIDING.has(word)) complete = false;
    else hidden.push([CANONICAL[word] ?? word, words[++i] ?? '']);
  }
  const given = (word: string): string | undefined => hidden.find(([name]) => name === word)?.[1];
  const table = tableOf(section, given('table'));
  if (hidden.some(([word]) => word !== 'dev' && word !== 'table')) complete = false;
  const device = given('dev') ?? '';
  const covered = section === 'address' ? (['address', 'link'] as const) : [section];
  return {
    coverage: complete ? covered.map((one) => ({ section: one, device, table })) : [],
    hidden: hidden.filter(([word, value]) => word !== 'table' || (value !== 'all' && value !== 'main')),
  };
}

/** `ip route` asks for main; other sections have no tables. */
function tableOf(section: Section, name: string | undefined): number {
  if (section !== 'route' || name === 'all') return 0;
  for (const [number, known] of TABLE_NAMES) if (known === name) return number;
  return name === undefined ? Table.MAIN : (parseNumber(name) ?? Table.MAIN);
}
