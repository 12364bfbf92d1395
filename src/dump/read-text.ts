// Pasted or dumped output, line by line: what each line is, its shape says; the command before it, if it is there, says
// only what it leaves out. A line that is nothing known is a finding, never an error.
import { isIpv6 } from '../addr/ipv6.ts';
import { parseMac } from '../addr/mac.ts';
import { Table } from '../admin/route-constants.ts';
import type { Collector } from './collector.ts';
import { type CommandLine, commandLine, isBarePrompt } from './command-line.ts';
import { DeviceLines, type Surroundings } from './device-lines.ts';
import { isObject, type Json, type Reading } from './fields.ts';
import { JsonText } from './json-text.ts';
import { fdbRecord, neighbourRecord } from './neighbour.ts';
import { arpRow, isArpHeader, isRouteHeader, routeRow } from './net-tools.ts';
import type { Finding, Section } from './node-dump.ts';
import { takeOf, takeRecord } from './read-json.ts';
import { hopRecord, routeRecord } from './route.ts';
import { ruleRecord } from './rule.ts';
import { briefNeighbour, isBriefNeighbour, isNeighbour, isRoute } from './shapes.ts';

/** Where the lines of a host and a network namespace go. */
export type Placing = (host: string, namespace: string) => Collector;

/** Reads one file; the findings are those of its lines. */
export function readText(file: string, text: string, place: Placing): Finding[] {
  const reader = new Reader(file, place);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n|\r/);
  for (const [i, line] of lines.entries()) reader.line(line, i + 1);
  reader.end();
  return reader.findings;
}

/** What `ip -c` writes around a word: ESC and a parameter. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** Blank lines, fences of Markdown, rulers and comments. */
const isDecoration = (line: string): boolean =>
  /^\s*(```.*|~~~.*|[-=*_#]{2,}|#.*)?$/.test(line) || isBarePrompt(line);

const SETTING = /^([a-z][\w.-]*[./][\w./:@-]+)\s*=\s*(.*)$/;

class Reader implements Surroundings {
  readonly findings: Finding[] = [];
  private readonly file: string;
  private readonly place: Placing;
  into: Collector;
  private command: CommandLine | null = null;
  private host = '';
  /** The device whose lines come. */
  private readonly device = new DeviceLines(this);
  /** A route waits for its next hops, or for the `cache` that makes it an answer. */
  private route: {
    readonly record: Json & { nexthops?: Json[] };
    readonly line: number;
    readonly text: string;
  } | null = null;
  /** A JSON document that has not ended. */
  private json: JsonText | null = null;
  number = 0;
  private unread = { count: 0, line: 0 };

  constructor(file: string, place: Placing) {
    this.file = file;
    this.place = place;
    this.into = place('', '');
  }

  line(raw: string, number: number): void {
    this.number = number;
    const line = raw.replaceAll('\u00A0', ' ').replace(COLOUR, '').trimEnd();
    if (this.json !== null) {
      this.continueJson(this.json, line);
      return;
    }
    const command = commandLine(line);
    if (command !== null) this.begin(command);
    else if (/^\s*(\[\s*(\{|\[|\]|$)|\{)/.test(line)) this.beginJson(line);
    else if (line.startsWith('netns: ')) this.into = this.place(this.host, line.slice('netns: '.length));
    // -oneline writes a backslash where a line would end.
    else if (!isDecoration(line))
      for (const piece of line.split('\\')) if (piece.trim() !== '') this.piece(piece);
  }

  end(): void {
    if (this.json !== null) this.breakJson(this.json);
    this.finish();
    this.finishUnread();
  }

  private begin(command: CommandLine): void {
    this.finish();
    this.finishUnread();
    this.command = command;
    if (command.host !== '') this.host = command.host;
    this.into = this.place(this.host, command.namespace);
    for (const coverage of command.coverage) this.into.cover(coverage);
  }

  /** The device and the route that were open are complete. */
  private finish(): void {
    this.finishRoute();
    this.device.finish();
  }

  private finishRoute(): void {
    if (this.route === null) return;
    const { record, line, text } = this.route;
    this.route = null;
    const wrong = takeOf('route', record, this.into);
    if (wrong !== '') this.find(wrong, text, line);
  }

  find(why: string, text: string, line = this.number): void {
    this.findings.push({ file: this.file, line, text: text.trim(), why });
  }

  // ---- JSON --------------------------------------------------------------------------------------------------

  private beginJson(line: string): void {
    this.finish();
    this.json = new JsonText(this.number);
    this.continueJson(this.json, line);
  }

  private continueJson(json: JsonText, line: string): void {
    // A document that never ends must not swallow the commands behind it.
    if (!json.isEmpty && commandLine(line)?.coverage.length) {
      this.breakJson(json);
      this.line(line, this.number);
      return;
    }
    json.add(line);
    if (!json.isComplete) return;
    this.json = null;
    const document = json.value();
    if (document === undefined) this.find('no JSON', json.start, json.line);
    else this.document(document, json.line);
  }

  private breakJson(json: JsonText): void {
    this.json = null;
    this.find('a JSON document that does not end', json.start, json.line);
  }

  private document(document: unknown, line: number): void {
    const records = Array.isArray(document) ? document.flat() : [document];
    for (const record of records) {
      const wrong = !isObject(record)
        ? 'not an object of ip or bridge'
        : this.command?.kind === 'lookup'
          ? this.lookup()
          : takeRecord(record, this.into, this.command?.hidden ?? []);
      if (wrong !== '') this.find(wrong, JSON.stringify(record).slice(0, 120), line);
    }
    if (this.command === null) coverShapes(records.filter(isObject), this.into);
  }

  private lookup(): string {
    this.into.skipped.lookups++;
    return '';
  }

  // ---- lines -------------------------------------------------------------------------------------------------

  private piece(line: string): void {
    const words = line.trim().split(/\s+/);
    if (this.isContinuation(line, words)) return;
    this.finishRoute();
    if (this.device.begins(line, words)) return;
    if (this.takeEntry(line, words)) return;
    this.takeRest(line);
  }

  /** Lines that belong to the one before: next hops, `cache`, and all that tells more of a device. */
  private isContinuation(line: string, words: readonly string[]): boolean {
    if (words[0] === 'nexthop' && this.route !== null) {
      const hop = hopRecord(line);
      if ('wrong' in hop) this.find(hop.wrong, line);
      else this.route.record.nexthops = [...(this.route.record.nexthops ?? []), hop.value];
      return true;
    }
    if (words[0] === 'cache' && /^\s*cache(\s|$)/.test(line)) {
      this.route = null;
      this.into.skipped.lookups++;
      return true;
    }
    return this.device.continues(line, words);
  }

  /** Entries of tables, one a line. */
  private takeEntry(line: string, words: readonly string[]): boolean {
    const first = words[0] as string;
    if (first === 'inet' && words.length > 2) return this.takeLabelled(line, words);
    if (/^\d+:$/.test(first) && /^(not|from)$/.test(words[1] ?? ''))
      return this.entry('rule', line, ruleRecord(line));
    if (parseMac(first) !== null && words.length > 2)
      return this.entry('fdb', line, fdbRecord(this.whole(line)));
    if (isBriefNeighbour(words)) return this.entry('neighbour', line, { value: briefNeighbour(words) });
    if (isNeighbour(words)) return this.entry('neighbour', line, neighbourRecord(this.whole(line)));
    const row = routeRow(line);
    if (row !== null) return this.entry('route', line, { value: row });
    const arp = arpRow(line);
    if (arp !== null) return this.entry('neighbour', line, { value: arp });
    return isRoute(words) && this.takeRoute(line, words);
  }

  /** `ip address show label …` prints addresses without their devices: the label begins with the name. */
  private takeLabelled(line: string, words: readonly string[]): boolean {
    this.device.address(line, (words.at(-1) as string).split(':')[0] as string);
    return true;
  }

  /** The line with the words that the command's filter left out, unless it has them after all. */
  private whole(line: string): string {
    const missing = (this.command?.hidden ?? []).filter(([word]) => !new RegExp(`\\s${word}\\s`).test(line));
    return [line.trim(), ...missing.map((pair) => pair.join(' '))].join(' ');
  }

  private takeRoute(line: string, words: readonly string[]): boolean {
    this.finish();
    if (this.command?.kind === 'lookup' || words.includes('uid') || words.includes('from')) {
      this.into.skipped.lookups++;
      return true;
    }
    if (this.isIpv6(words)) return true;
    const record = routeRecord(this.whole(line));
    if ('wrong' in record) this.find(record.wrong, line);
    else this.route = { record: record.value, line: this.number, text: line };
    this.cover('route', words.includes('table') && this.command === null ? 0 : Table.MAIN);
    return true;
  }

  private entry(section: Section, line: string, record: Reading<Json>): boolean {
    this.finish();
    if (this.isIpv6(line.trim().split(/\s+/))) return true;
    const wrong = 'wrong' in record ? record.wrong : takeOf(section, record.value, this.into);
    if (wrong !== '') this.find(wrong, line);
    else this.cover(section, section === 'route' ? Table.MAIN : 0);
    return true;
  }

  private isIpv6(words: readonly string[]): boolean {
    const found =
      this.command?.kind === 'ipv6' ||
      words.some(
        (word) => word.includes(':') && parseMac(word) === null && isIpv6(word.split('/')[0] as string),
      );
    if (found) this.into.skipped.ipv6++;
    return found;
  }

  /** Settings, headings, and what nobody knows. */
  private takeRest(line: string): void {
    const setting = SETTING.exec(line.trim());
    if (/^\s*valid_lft /.test(line)) return;
    if (this.command?.kind === 'lookup') this.into.skipped.lookups++;
    else if (setting !== null) this.takeSetting(setting[1] as string, setting[2] as string);
    else if (isRouteHeader(line)) this.cover('route', Table.MAIN);
    else if (isArpHeader(line)) this.cover('neighbour');
    else if (this.command?.kind === 'other') this.countUnread();
    else this.find('not understood', line);
  }

  private takeSetting(key: string, value: string): void {
    this.finish();
    const path = settingPath(key);
    if (path.startsWith('net/ipv4/') || path.startsWith('net/bridge/'))
      this.into.sysctls.set(path, value.trim());
    else this.into.skipped.settings++;
  }

  /** The output of a command that is none of ours: one finding for all of it. */
  private countUnread(): void {
    if (this.unread.count++ === 0) this.unread.line = this.number;
  }

  private finishUnread(): void {
    const { count, line } = this.unread;
    if (count > 0) this.find(`${count} lines of another command's output`, this.command?.text ?? '', line);
    this.unread = { count: 0, line: 0 };
  }

  /** Without its command, a list is taken for the whole of it. */
  cover(section: Section, table = 0): void {
    if (this.command === null || this.command.kind === 'other')
      this.into.cover({ section, device: '', table });
  }
}

function coverShapes(records: readonly Json[], into: Collector): void {
  for (const record of records) {
    if ('addr_info' in record) into.cover({ section: 'address', device: '', table: 0 });
    if ('addr_info' in record || 'ifindex' in record) into.cover({ section: 'link', device: '', table: 0 });
    else if ('mac' in record) into.cover({ section: 'fdb', device: '', table: 0 });
    else if ('priority' in record) into.cover({ section: 'rule', device: '', table: 0 });
    else if ('lladdr' in record) into.cover({ section: 'neighbour', device: '', table: 0 });
    else if ('dst' in record)
      into.cover({ section: 'route', device: '', table: 'table' in record ? 0 : Table.MAIN });
  }
}

/** sysctl(8): the first separator decides whether dots or slashes divide; the other stands for itself in a name. */
function settingPath(key: string): string {
  const dot = key.indexOf('.');
  const slash = key.indexOf('/');
  if (slash >= 0 && (dot < 0 || slash < dot)) return key.replace(/^\/?proc\/sys\//, '');
  return key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}
