// The arguments of ifconfig behind the interface's name, done one after the other (main() of ifconfig.c).
import { Errno, type Refusal, strerror } from '../../../addr/errno.ts';
import { ANY, type Ipv4, maskOf } from '../../../addr/ipv4.ts';
import { parseMac } from '../../../addr/mac.ts';
import { dumpAddresses } from '../../../admin/address.ts';
import {
  interfaceAddress,
  setInterfaceAddress,
  setInterfaceBroadcast,
  setInterfaceMask,
  setInterfacePeer,
} from '../../../admin/interface-ioctl.ts';
import { setLink } from '../../../admin/link.ts';
import type { LinkSet } from '../../../admin/types.ts';
import { DeviceFlag } from '../../../netns/device.ts';
import type { Context } from '../../command.ts';
import { changeFlag, flagOf } from '../net-tools/interface-flags.ts';
import { findInterface } from '../net-tools/interface-text.ts';
import { parseInteger } from '../probe/numbers.ts';
import type { Resolver } from '../probe/resolver.ts';

/** A word's verdict: on to the next, the usage text, or an end with this status. */
type Step = 'next' | 'usage' | number;
type Word = (setup: Setup) => Step;

/** IFF_DYNAMIC, which no device of the lab has. */
const DYNAMIC = 0x8000;

const setFlag =
  (flag: number, on: boolean): Word =>
  (setup) =>
    setup.flag(flag, on);

const clearFlag =
  (flag: number, mode: string): Word =>
  (setup) =>
    setup.clear(flag, `Warning: Interface % still in ${mode}\n`);

const PROMISC_WARNING = 'promisc mode... maybe other application is running?';

const WORDS: Readonly<Record<string, Word>> = {
  arp: setFlag(DeviceFlag.NOARP, false),
  '-arp': setFlag(DeviceFlag.NOARP, true),
  trailers: setFlag(0, false),
  '-trailers': setFlag(0, true),
  promisc: setFlag(DeviceFlag.PROMISC, true),
  '-promisc': clearFlag(DeviceFlag.PROMISC, PROMISC_WARNING),
  multicast: setFlag(DeviceFlag.MULTICAST, true),
  '-multicast': clearFlag(DeviceFlag.MULTICAST, 'MULTICAST mode.'),
  allmulti: setFlag(DeviceFlag.ALLMULTI, true),
  '-allmulti': clearFlag(DeviceFlag.ALLMULTI, 'ALLMULTI mode.'),
  up: setFlag(DeviceFlag.UP, true),
  down: setFlag(DeviceFlag.UP, false),
  dynamic: setFlag(0, true),
  '-dynamic': clearFlag(DYNAMIC, 'DYNAMIC mode.'),
  '-broadcast': clearFlag(DeviceFlag.BROADCAST, 'BROADCAST mode.'),
  '-pointopoint': clearFlag(DeviceFlag.POINTOPOINT, 'POINTOPOINT mode.'),
  '-pointtopoint': clearFlag(DeviceFlag.POINTOPOINT, 'POINTOPOINT mode.'),
  broadcast: (setup) => setup.broadcast(),
  pointopoint: (setup) => setup.pointToPoint(),
  pointtopoint: (setup) => setup.pointToPoint(),
  dstaddr: (setup) => setup.peer(),
  netmask: (setup) => setup.netmask(),
  mtu: (setup) => setup.link('SIOCSIFMTU', (word) => ({ mtu: parseInteger(word, 10).value })),
  txqueuelen: (setup) =>
    setup.link('SIOCSIFTXQLEN', (word) => ({ txQueueLength: parseInteger(word, 0).value })),
  name: (setup) => setup.link('SIOCSIFNAME', (word) => ({ name: word.slice(0, 15) })),
  keepalive: (setup) => setup.refuse('SIOCSKEEPALIVE'),
  outfill: (setup) => setup.refuse('SIOCSOUTFILL'),
  mem_start: (setup) => setup.refuse('mem_start: SIOCSIFMAP'),
  io_addr: (setup) => setup.refuse('io_addr: SIOCSIFMAP'),
  irq: (setup) => setup.refuse('irq: SIOCSIFMAP'),
  hw: (setup) => setup.hardware(),
  add: (setup) => setup.alias(true),
  del: (setup) => setup.alias(false),
};

/** Hardware types whose address can be given (`hw CLASS ADDRESS`). */
const HARDWARE_TYPES = ['ether'];

export class Setup {
  private readonly context: Context;
  private readonly name: string;
  private readonly resolver: Resolver;
  private words: string[] = [];
  /** What ifconfig exits with: all failures or-ed together. */
  private status = 0;
  private maskGiven = false;
  private pendingMask: number | null = null;

  constructor(context: Context, name: string, resolver: Resolver) {
    this.context = context;
    this.name = name;
    this.resolver = resolver;
  }

  /** The exit status, or 'usage' when the words make no sense. */
  run(words: readonly string[]): number | 'usage' {
    this.words = [...words];
    if (this.words[0] === 'inet' || this.words[0] === 'inet6') this.words.shift();
    while (this.words.length > 0) {
      const word = this.words.shift() as string;
      const step = Object.hasOwn(WORDS, word) ? WORDS[word](this) : this.address(word);
      if (step !== 'next') return step;
    }
    if (this.pendingMask !== null) this.setMask(this.pendingMask);
    return this.status;
  }

  flag(flag: number, on: boolean): Step {
    this.status |= changeFlag(this.context, this.name, flag, on);
    return 'next';
  }

  clear(flag: number, warning: string): Step {
    this.flag(flag, false);
    if (flagOf(this.context.namespace, this.name, flag)) this.context.err(warning.replace('%', this.name));
    return 'next';
  }

  broadcast(): Step {
    const word = this.words.shift();
    if (word === undefined) return this.flag(DeviceFlag.BROADCAST, true);
    const address = this.resolve(word);
    if (address === null) return 'next';
    this.told('SIOCSIFBRDADDR', setInterfaceBroadcast(this.context.namespace, this.name, address));
    return this.flag(DeviceFlag.BROADCAST, true);
  }

  pointToPoint(): Step {
    const word = this.words.shift();
    if (word !== undefined && !this.setPeer(word)) return 'next';
    return this.flag(DeviceFlag.POINTOPOINT, true);
  }

  peer(): Step {
    const word = this.words.shift();
    if (word === undefined) return 'usage';
    this.setPeer(word);
    return 'next';
  }

  /** False if the word is no address. */
  private setPeer(word: string): boolean {
    const address = this.resolve(word);
    if (address !== null)
      this.told('SIOCSIFDSTADDR', setInterfacePeer(this.context.namespace, this.name, address));
    return address !== null;
  }

  netmask(): Step {
    const word = this.words.shift();
    if (word === undefined || this.maskGiven) return 'usage';
    const mask = this.resolve(word);
    if (mask === null) return 'next';
    this.setMask(mask);
    return 'next';
  }

  /** A setting of the device with one argument. */
  link(ioctl: string, change: (word: string) => LinkSet): Step {
    const word = this.words.shift();
    if (word === undefined) return 'usage';
    const device = this.name.split(':')[0];
    this.told(ioctl, setLink(this.context.namespace, device, change(word)));
    return 'next';
  }

  /** A setting that no device of the lab knows. */
  refuse(what: string): Step {
    if (this.words.shift() === undefined) return 'usage';
    this.told(what, { errno: Errno.EOPNOTSUPP });
    return 'next';
  }

  hardware(): Step {
    const kind = this.words.shift();
    if (kind === undefined || !HARDWARE_TYPES.includes(kind)) return 'usage';
    const word = this.words.shift();
    if (word === undefined) return 'usage';
    const address = parseMac(word);
    if (address === null) {
      this.context.err(`${word}: invalid ${kind} address.\n`);
      this.status |= 1;
      return 'next';
    }
    const refusal = setLink(this.context.namespace, this.name.split(':')[0], { address });
    if (refusal?.errno === Errno.EBUSY) {
      this.context.err(`SIOCSIFHWADDR: ${strerror(refusal.errno)} - you may need to down the interface\n`);
      this.status |= 1;
    } else this.told('SIOCSIFHWADDR', refusal);
    return 'next';
  }

  /** `add` and `del`: further addresses as aliases with the mask and broadcast address of the interface. */
  alias(add: boolean): Step {
    const word = this.words.shift();
    if (word === undefined) return 'usage';
    if (word.includes(':')) {
      this.context.err('No support for INET6 on this system.\n');
      this.status |= 1;
      return 'next';
    }
    const address = this.resolve(word);
    if (address === null) return 'next';
    if (findInterface(this.context.namespace, this.name) === null) {
      this.context.err(`Interface ${this.name} not initialized\n`);
      this.status |= 1;
      return 'next';
    }
    this.changeAlias(address, add);
    return 'next';
  }

  private changeAlias(address: Ipv4, add: boolean): void {
    const { namespace } = this.context;
    const aliases = dumpAddresses(namespace).filter((held) => held.label.startsWith(`${this.name}:`));
    const existing = aliases.find((held) => held.local === address);
    if (existing !== undefined) {
      changeFlag(this.context, existing.label, DeviceFlag.UP, add);
      return;
    }
    if (!add) return;
    const parent = interfaceAddress(namespace, this.name);
    const taken = new Set(aliases.map((held) => held.label));
    let number = 0;
    while (taken.has(`${this.name}:${number}`)) number++;
    const label = `${this.name}:${number}`;
    if (setInterfaceAddress(namespace, label, address) !== null) return;
    if (parent === null) return;
    setInterfaceMask(namespace, label, maskOf(parent.length));
    setInterfaceBroadcast(namespace, label, parent.broadcast);
  }

  /** A word that is none of the above is the address, perhaps with a prefix length. */
  private address(word: string): Step {
    const slash = word.indexOf('/');
    const host = slash < 0 ? word : word.slice(0, slash);
    if (slash >= 0) {
      const { value, rest } = parseInteger(word.slice(slash + 1), 0);
      if (rest !== '' || this.maskGiven) return 'usage';
      // The shift of a 32-bit number by 32 is one by 0 on this processor: /32 sets the mask 0.0.0.0.
      this.pendingMask = ~(0xffffffff >>> (value & 31));
    }
    const address = this.resolve(host);
    if (address === null) {
      this.context.err("ifconfig: `--help' gives usage information.\n");
      return 1;
    }
    this.told('SIOCSIFADDR', setInterfaceAddress(this.context.namespace, this.name, address));
    const isAlias = this.name.includes(':');
    if (!isAlias || (!this.name.endsWith('-') && address !== 0)) this.flag(DeviceFlag.UP, true);
    return 'next';
  }

  private setMask(mask: number): void {
    this.maskGiven = true;
    this.told('SIOCSIFNETMASK', setInterfaceMask(this.context.namespace, this.name, mask));
  }

  private resolve(word: string): Ipv4 | null {
    if (word === 'default') return ANY;
    const resolved = this.resolver.resolve(word);
    if ('address' in resolved) return resolved.address;
    this.context.err(`${word}: Unknown host\n`);
    this.status |= 1;
    return null;
  }

  private told(ioctl: string, refusal: Refusal | null): void {
    if (refusal === null) return;
    this.context.err(`${ioctl}: ${strerror(refusal.errno)}\n`);
    this.status |= 1;
  }
}
