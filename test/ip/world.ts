// Small networks for tests, made through the administrative port, with every frame written down.

import { type Ipv4, parseIpv4 } from '../../src/addr/ipv4.ts';
import { parseMac } from '../../src/addr/mac.ts';
import { changeAddress } from '../../src/admin/address.ts';
import { addLink, setLink } from '../../src/admin/link.ts';
import { loadModule } from '../../src/admin/module.ts';
import { changeRoute } from '../../src/admin/route.ts';
import { sendDatagram } from '../../src/admin/socket.ts';
import type { LinkAdd } from '../../src/admin/types.ts';
import { DROP_COUNT, dropName } from '../../src/drop/reasons.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Device } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { slowChecksum } from '../oracle/checksum.ts';
import { describeFrame, describeIp } from '../oracle/describe-frame.ts';

export const address = (text: string): Ipv4 => {
  const parsed = parseIpv4(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
};

const split = (prefix: string): [Ipv4, number] => {
  const [text, length] = prefix.split('/');
  return [address(text), Number(length)];
};

const must = (outcome: unknown): void => {
  if (outcome !== null) throw new Error(`refused: ${JSON.stringify(outcome)}`);
};

export class World {
  readonly lab: Lab;
  /** What left or entered each watched device, as `out …` or `in …`, in order. */
  readonly seen = new Map<string, string[]>();
  /** The frames themselves, with the same keys. */
  readonly frames = new Map<string, Uint8Array[]>();
  private macs = 1;

  constructor(seed = 1) {
    this.lab = createLab({ seed });
  }

  namespace(name: string): Namespace {
    return this.lab.names.get(name) ?? this.lab.addNamespace(name)!;
  }

  device(place: string): Device {
    const [name, device] = place.split(':');
    return this.namespace(name).names.get(device)!;
  }

  /** A veth pair, both ends up, with fixed MAC addresses 02:00:00:00:00:01 and so on. */
  cable(left: string, right: string): this {
    const [leftName, leftDevice] = left.split(':');
    const [rightName, rightDevice] = right.split(':');
    const peer = { name: rightDevice, namespace: this.namespace(rightName), address: this.nextMac() };
    must(
      addLink(this.namespace(leftName), {
        name: leftDevice,
        kind: 'veth',
        address: this.nextMac(),
        veth: { peer },
      }),
    );
    return this.up(left).up(right);
  }

  link(place: string, request: Omit<LinkAdd, 'name'>): this {
    const [name, device] = place.split(':');
    must(
      addLink(this.namespace(name), {
        address: request.kind === 'ipip' ? undefined : this.nextMac(),
        ...request,
        name: device,
      }),
    );
    return this.up(place);
  }

  up(place: string, up = true): this {
    const [name, device] = place.split(':');
    must(setLink(this.namespace(name), device, { up }));
    return this;
  }

  set(place: string, change: Parameters<typeof setLink>[2]): this {
    const [name, device] = place.split(':');
    must(setLink(this.namespace(name), device, change));
    return this;
  }

  addr(place: string, prefix: string): this {
    const [name, device] = place.split(':');
    const [local, length] = split(prefix);
    must(changeAddress(this.namespace(name), 'add', device, { local, peer: local, length }));
    return this;
  }

  route(
    name: string,
    prefix: string,
    how: { via?: string; dev?: string; type?: number; onlink?: boolean; mtu?: number } = {},
  ): this {
    const [destination, length] = prefix === 'default' ? ([0 as Ipv4, 0] as const) : split(prefix);
    const hop = {
      device: how.dev ?? '',
      gateway: how.via === undefined ? (0 as Ipv4) : address(how.via),
      onlink: how.onlink,
    };
    must(
      changeRoute(this.namespace(name), 'add', {
        table: 0,
        destination,
        length,
        type: how.type,
        scope: how.via === undefined && how.dev !== undefined ? 253 : undefined,
        metrics: how.mtu === undefined ? undefined : { mtu: how.mtu },
        nextHops: how.type === undefined ? [hop] : [],
      }),
    );
    return this;
  }

  /** Switches forwarding on in the namespace and on all its devices. */
  router(name: string): this {
    const namespace = this.namespace(name);
    namespace.confAll.forwarding = 1;
    namespace.confDefault.forwarding = 1;
    for (const device of namespace.devices.values()) device.conf.forwarding = 1;
    return this;
  }

  module(name: string): this {
    must(loadModule(this.lab.kernel, name));
    return this;
  }

  watch(...places: string[]): this {
    for (const place of places) {
      const lines: string[] = [];
      const frames: Uint8Array[] = [];
      this.seen.set(place, lines);
      this.frames.set(place, frames);
      const device = this.device(place);
      device.taps = [
        {
          frame: (at, packet, outgoing) => {
            const bytes = packet.data().slice();
            frames.push(bytes);
            lines.push(
              `${outgoing ? 'out' : 'in'} ${at.headerLength === 0 ? describeIp(bytes) : describeFrame(bytes)}`,
            );
          },
        },
      ];
    }
    return this;
  }

  /** Takes what was seen at a place and forgets it. */
  take(place: string): string[] {
    this.frames.get(place)!.length = 0;
    return this.seen.get(place)!.splice(0);
  }

  /** Sends an echo request of `size` data bytes and lets everything at this instant happen; the errno. */
  ping(
    name: string,
    to: string,
    options: { size?: number; ttl?: number; df?: boolean; tos?: number; from?: string } = {},
  ): number {
    const payload = new Uint8Array(8 + (options.size ?? 56)).fill(0x61, 8);
    payload[0] = 8;
    const sum = slowChecksum(payload);
    payload[2] = sum >> 8;
    payload[3] = sum & 255;
    const errno = sendDatagram(this.namespace(name), {
      destination: address(to),
      source: options.from === undefined ? undefined : address(options.from),
      protocol: 1,
      payload,
      ttl: options.ttl,
      tos: options.tos,
      pmtudisc: options.df === false ? 0 : 2,
    });
    this.lab.settle();
    return errno;
  }

  /** Lets virtual time pass. */
  wait(seconds: number): this {
    this.lab.runUntil(this.lab.kernel.clock.now + seconds * 1_000_000);
    return this;
  }

  /** The drops of a namespace that are not bookkeeping of ARP, as `NAME=count`. */
  drops(name: string): string[] {
    const { drops } = this.namespace(name);
    const found: string[] = [];
    for (let reason = 0; reason < DROP_COUNT; reason++) {
      const text = dropName(reason).slice('SKB_DROP_REASON_'.length);
      if (drops[reason] > 0 && !text.startsWith('ARP_')) found.push(`${text}=${drops[reason]}`);
    }
    return found;
  }

  private nextMac() {
    return parseMac(`02:00:00:00:00:${(this.macs++).toString(16).padStart(2, '0')}`)!;
  }
}

/** Two hosts A (10.0.1.2) and B (10.0.2.2) with a router R between them; every device but R's is watched. */
export function twoHosts(seed = 1): World {
  return new World(seed)
    .cable('A:eth0', 'R:left')
    .cable('B:eth0', 'R:right')
    .addr('A:eth0', '10.0.1.2/24')
    .addr('R:left', '10.0.1.1/24')
    .addr('R:right', '10.0.2.1/24')
    .addr('B:eth0', '10.0.2.2/24')
    .route('A', 'default', { via: '10.0.1.1' })
    .route('B', 'default', { via: '10.0.2.1' })
    .up('A:lo')
    .up('B:lo')
    .up('R:lo')
    .router('R')
    .watch('A:eth0', 'B:eth0');
}
