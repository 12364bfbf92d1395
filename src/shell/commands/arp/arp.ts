// arp (net-tools 2.10): shows, sets and deletes entries of the ARP cache.
import { Errno, type Refusal, strerror } from '../../../addr/errno.ts';
import { ANY, type Ipv4 } from '../../../addr/ipv4.ts';
import { type Mac, parseMac } from '../../../addr/mac.ts';
import { getLink } from '../../../admin/link.ts';
import type { Command, Context } from '../../command.ts';
import { getoptLong, type LongOption } from '../net-tools/long-options.ts';
import { ARP_USAGE, ARP_VERSION, printUsage } from '../net-tools/usage.ts';
import { openResolver, type Resolver } from '../probe/resolver.ts';
import { deleteEntry, setEntry } from './request.ts';
import { showText } from './table.ts';

/** exit(-1), and E_OPTERR. */
const FAILED = 255;
const BAD_OPTION = 3;

const HARDWARE_TYPES = ['ether'];

const long = (name: string, letter: string, takesValue = false): LongOption => ({ name, letter, takesValue });

const LONG_OPTIONS: readonly LongOption[] = [
  long('verbose', 'v'),
  long('version', 'V'),
  long('all', 'a'),
  long('delete', 'd'),
  long('file', 'f'),
  long('numeric', 'n'),
  long('set', 's'),
  long('protocol', 'A', true),
  long('hw-type', 'H', true),
  long('device', 'i', true),
  long('help', 'h'),
  long('use-device', 'D'),
  long('symbolic', 'N'),
];

type Action = 'show' | 'file' | 'delete' | 'set';

interface ArpOptions {
  action: Action;
  all: boolean;
  table: boolean;
  numeric: boolean;
  useDevice: boolean;
  verbose: boolean;
  hardwareGiven: boolean;
  device: string;
}

/** The actions, and the options that are plain switches, by letter. */
const ACTIONS: Readonly<Record<string, Action>> = { a: 'show', f: 'file', d: 'delete', s: 'set' };
const SWITCHES = { e: 'table', n: 'numeric', D: 'useDevice', v: 'verbose' } as const;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const parsed = getoptLong(args, 'A:H:adfp:nsei:t:vh?DNV', LONG_OPTIONS);
  const options: ArpOptions = {
    action: 'show',
    all: false,
    table: false,
    numeric: false,
    useDevice: false,
    verbose: false,
    hardwareGiven: false,
    device: '',
  };
  for (const { letter, value } of parsed.options) {
    const status = applyOption(context, options, letter, value);
    if (status !== null) return status;
  }
  if ('problem' in parsed) {
    context.err(`arp: ${parsed.problem}\n`);
    printUsage(context, ARP_USAGE, false);
    return BAD_OPTION;
  }
  return new Arp(context, options, await openResolver(context)).run(parsed.operands);
}

function applyOption(context: Context, options: ArpOptions, letter: string, value: string): number | null {
  if (Object.hasOwn(ACTIONS, letter)) options.action = ACTIONS[letter];
  if (letter === 'a') options.all = true;
  if (Object.hasOwn(SWITCHES, letter)) options[SWITCHES[letter as keyof typeof SWITCHES]] = true;
  if (letter === 'i') options.device = value;
  if (letter === 'N') context.err('arp: -N not yet supported.\n');
  if (letter === 'A' || letter === 'p') return checkFamily(context, value);
  if (letter === 'H' || letter === 't') {
    options.hardwareGiven = true;
    if (HARDWARE_TYPES.includes(value)) return null;
    context.err(`arp: ${value}: unknown hardware type.\n`);
    return FAILED;
  }
  if (letter !== 'V' && letter !== 'h' && letter !== '?') return null;
  if (letter === 'V') context.out(ARP_VERSION);
  else printUsage(context, ARP_USAGE, letter === 'h');
  return letter === '?' ? BAD_OPTION : 0;
}

function checkFamily(context: Context, family: string): number | null {
  if (family === 'inet') return null;
  const known = ['inet6', 'unix', 'ax25', 'netrom', 'rose', 'ipx', 'ddp', 'ec', 'ash', 'x25'].includes(
    family,
  );
  context.err(
    known ? `arp: ${family}: kernel only supports 'inet'.\n` : `arp: ${family}: unknown address family.\n`,
  );
  return FAILED;
}

/** Words behind the host of -s and -d. */
interface Modifiers {
  permanent: boolean;
  published: boolean;
  privately: boolean;
}

class Arp {
  private readonly context: Context;
  private readonly options: ArpOptions;
  private readonly resolver: Resolver;
  private device: string;

  constructor(context: Context, options: ArpOptions, resolver: Resolver) {
    this.context = context;
    this.options = options;
    this.resolver = resolver;
    this.device = options.device;
  }

  async run(words: readonly string[]): Promise<number> {
    switch (this.options.action) {
      case 'show':
        return this.show(words[0]);
      case 'file':
        return this.file(words[0] ?? '/etc/ethers');
      case 'delete':
        return this.delete([...words]);
      case 'set':
        return this.set([...words]);
    }
  }

  private show(name: string | undefined): number {
    const address = name === undefined ? null : this.lookUp(name);
    if (name !== undefined && address === null) return FAILED;
    const host = name === undefined || address === null ? null : { name, address };
    const { all, table, numeric, verbose, hardwareGiven } = this.options;
    const resolver = numeric ? null : this.resolver;
    const style = { bsd: all && !table, all, verbose, device: this.device, hardwareGiven, resolver };
    this.context.out(showText(this.context.namespace, host, style));
    return 0;
  }

  /** Lines of `HOST HARDWARE [words]`. */
  private async file(name: string): Promise<number> {
    const bytes = await this.context.readFile(name);
    if (bytes === null) {
      this.context.err(`arp: cannot open etherfile ${name} !\n`);
      return FAILED;
    }
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      const words = line.split(/\s+/).filter((word) => word !== '');
      if (words.length === 0 || words[0].startsWith('#')) continue;
      if (this.set(words) !== 0) this.context.err(`arp: cannot set entry on line of etherfile ${name} !\n`);
    }
    return 0;
  }

  private set(words: string[]): number {
    const host = words.shift();
    if (host === undefined) return this.fail('arp: need host name\n');
    const address = this.lookUp(host);
    if (address === null) return FAILED;
    const hardwareText = words.shift();
    if (hardwareText === undefined) return this.fail('arp: need hardware address\n');
    const hardware = this.options.useDevice ? this.hardwareOf(hardwareText) : parseMac(hardwareText);
    if (hardware === null)
      return this.options.useDevice ? FAILED : this.fail('arp: invalid hardware address\n');
    const modifiers = this.modifiers(words);
    if (modifiers === null) return BAD_OPTION;
    const { permanent, published } = modifiers;
    const refusal = setEntry(this.context.namespace, {
      address,
      hardware,
      permanent,
      published,
      device: this.device,
    });
    return refusal === null ? 0 : this.fail(`SIOCSARP: ${strerror(refusal.errno)}\n`);
  }

  private delete(words: string[]): number {
    const host = words.shift();
    if (host === undefined) return this.fail('arp: need host name\n');
    const address = this.lookUp(host);
    if (address === null) return FAILED;
    const modifiers = this.modifiers(words);
    if (modifiers === null) return BAD_OPTION;
    const both = !modifiers.published && !modifiers.privately;
    if (both || modifiers.privately) {
      const refusal = deleteEntry(this.context.namespace, address, this.device, false);
      if (refusal === null) return 0;
      if (!isMissing(refusal)) return this.fail(`SIOCDARP(dontpub): ${strerror(refusal.errno)}\n`);
      if (!both && !modifiers.published) return this.missing(host);
    }
    const refusal = deleteEntry(this.context.namespace, address, this.device, true);
    if (refusal === null) return 0;
    if (isMissing(refusal)) return this.missing(host);
    return this.fail(`SIOCDARP(pub): ${strerror(refusal.errno)}\n`);
  }

  private missing(host: string): number {
    this.context.out(`No ARP entry for ${host}\n`);
    return FAILED;
  }

  /** The words at the end; null once the usage text was printed. */
  private modifiers(words: string[]): Modifiers | null {
    const modifiers = { permanent: true, published: false, privately: false };
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word === 'temp') modifiers.permanent = false;
      else if (word === 'pub') modifiers.published = true;
      else if (word === 'priv') modifiers.privately = true;
      else if (word === 'dev' && words.length > 0) this.device = words.shift() as string;
      else if (word === 'netmask' && words[0] === '255.255.255.255') words.shift();
      else if (!['trail', 'dontpub', 'auto'].includes(word)) {
        printUsage(this.context, ARP_USAGE, false);
        return null;
      }
    }
    return modifiers;
  }

  /** -D: the hardware address of a device. */
  private hardwareOf(name: string): Mac | null {
    const answer = getLink(this.context.namespace, name);
    if ('value' in answer) return answer.value.address;
    this.context.err(`arp: cant get HW-Address for \`${name}': ${strerror(answer.refusal.errno)}.\n`);
    return null;
  }

  private lookUp(name: string): Ipv4 | null {
    if (name === 'default') return ANY;
    const resolved = this.resolver.resolve(name);
    if ('address' in resolved) return resolved.address;
    this.context.err(`${name}: Unknown host\n`);
    return null;
  }

  private fail(text: string): number {
    this.context.err(text);
    return FAILED;
  }
}

const isMissing = ({ errno }: Refusal): boolean => errno === Errno.ENXIO || errno === Errno.ENOENT;

export const arp: Command = { name: 'arp', run };
