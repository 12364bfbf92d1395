// One run of `ip` or `bridge`: what it was started with, and how it ends. A failed parse writes its text at once and
// hands the exit status up; `exited` tells a batch that the tool would have ended there (exit(3), not a return).
import { Errno, type Refusal, refuse, strerror } from '../../../addr/errno.ts';
import type { Kept } from '../../../admin/ipv6.ts';
import { getLink } from '../../../admin/link.ts';
import { findLink } from '../../../admin/module.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Context } from '../../command.ts';
import { Names } from './names.ts';
import { Family, type Options } from './options.ts';
import { Printer } from './printer.ts';
import { parseTableNames, RT_REALMS, RT_TABLES, type TableName } from './table-names.ts';

/** What the C function of the tool returns ends in these exit statuses: `-1` and `-2` are not the same for both. */
export interface Statuses {
  /** The tool's own complaint (return -1). */
  readonly failed: number;
  /** The kernel's refusal (return -2). */
  readonly refused: number;
}

export const IP_STATUSES: Statuses = { failed: 1, refused: 2 };
/** bridge.c hands the result of the object's function to exit(3) as it is. */
export const BRIDGE_STATUSES: Statuses = { failed: 255, refused: 255 };

/** exit(-1). */
const USAGE = 255;

export class Session {
  readonly context: Context;
  readonly options: Options;
  readonly statuses: Statuses;
  names: Names;
  namespace: Namespace;
  exited = false;

  constructor(context: Context, options: Options, statuses: Statuses) {
    this.context = context;
    this.options = options;
    this.statuses = statuses;
    this.namespace = context.namespace;
    this.names = new Names(options.numeric);
  }

  /** Once the options are known; tables and realms have the names of /etc/iproute2. */
  async loadNames(): Promise<void> {
    const tables = await this.namesIn(RT_TABLES);
    this.names = new Names(this.options.numeric, tables, await this.namesIn(RT_REALMS));
  }

  private async namesIn(path: string): Promise<TableName[] | undefined> {
    const bytes = await this.context.readFile(path);
    return bytes === null ? undefined : parseTableNames(new TextDecoder().decode(bytes));
  }

  get lab(): Lab {
    return this.context.lab;
  }

  out(text: string): void {
    if (text !== '') this.context.out(text);
  }

  /** The tool's own complaint, a line without its end. */
  fail(line: string, status = this.statuses.failed): number {
    this.context.err(`${line}\n`);
    return status;
  }

  /** As `fail`, where the tool ends at once. */
  exit(line: string, status = USAGE): number {
    this.exited = true;
    return this.fail(line, status);
  }

  /** Prints the last there is to say and ends well. */
  end(text: string): void {
    this.exited = true;
    this.out(text);
  }

  /** A usage text, which ends with its own line end. */
  usage(text: string): number {
    this.exited = true;
    this.context.err(text);
    return USAGE;
  }

  /** Prints the kernel's answer if it is a refusal (rtnl_talk_error), and gives the exit status. */
  answer(refusal: Refusal | null): number {
    if (refusal === null) return 0;
    this.explain(refusal);
    return this.statuses.refused;
  }

  /** The text of a refusal: its extended acknowledgement, or strerror's words. */
  explain(refusal: Refusal): void {
    const { message, errno } = refusal;
    if (message === undefined || message === '') this.context.err(`RTNETLINK answers: ${strerror(errno)}\n`);
    else this.context.err(`Error: ${message}${message.endsWith('.') ? '' : '.'}\n`);
  }

  /** What a kernel without IPv6 answers to requests of that family. */
  noIpv6(): number {
    return this.answer(refuse(Errno.EOPNOTSUPP));
  }

  /** The answer to a change of IPv6's configuration: it is kept, and nobody shall believe that it does more. */
  answerKept({ refusal, isFirst }: Kept): number {
    if (isFirst)
      this.context.err('vrouter: IPv6 addresses and routes are kept and shown, but move no packet\n');
    return this.answer(refusal);
  }

  /** A thing that iproute2 has and this machine does not. */
  notEmulated(what: string): number {
    return this.fail(`vrouter: ${what} is not emulated`, 1);
  }

  /** ll_name_to_index: a name, or `if5` for the index 5. */
  link(name: string): LinkInfo | null {
    const answer = findLink(this.namespace, name);
    if ('value' in answer) return answer.value;
    const index = /^if(\d+)/.exec(name);
    return index === null ? null : this.linkByIndex(Number(index[1]));
  }

  linkByIndex(index: number): LinkInfo | null {
    const answer = getLink(this.namespace, index);
    return 'value' in answer ? answer.value : null;
  }

  /** ll_index_to_name. */
  nameOf(index: number): string {
    return this.linkByIndex(index)?.name ?? (index === 0 ? '*' : `if${index}`);
  }

  noDevice(name: string): number {
    return this.fail(`Cannot find device "${name}"`);
  }

  printer(): Printer {
    return new Printer(this.options);
  }

  /** For what is printed as text even with `-json`. */
  textPrinter(): Printer {
    return new Printer({ ...this.options, json: false });
  }

  /** The namespace that `ip netns` knows by this name (netns_get_fd). */
  namespaceCalled(name: string): Namespace | null {
    return this.lab.names.get(name) ?? null;
  }

  /** The order in which readdir(3) finds them on a tmpfs: the latest first. */
  namespaceNames(): string[] {
    return [...this.lab.names.keys()].reverse();
  }

  /** netns_switch. */
  enter(name: string | undefined): number {
    const namespace = name === undefined ? null : this.namespaceCalled(name);
    if (namespace === null)
      return this.exit(`Cannot open network namespace "${name ?? '(null)'}": ${strerror(Errno.ENOENT)}`);
    this.namespace = namespace;
    return 0;
  }

  /** Whether requests are about IPv4 when no address says so. */
  get ipv4(): boolean {
    return this.options.family === Family.UNSPEC || this.options.family === Family.INET;
  }
}
