// A host as the FIB sees it: devices that can be set up and down, addresses, and the routes that these bring
// (a short form of net/ipv4/devinet.c and fib_add_ifaddr, without secondary addresses).
import { ANY, type Ipv4, inPrefix, lastOf, networkOf, parseIpv4 } from '../../src/addr/ipv4.ts';
import { Fib } from '../../src/fib/fib.ts';
import type { FibHost } from '../../src/fib/host.ts';
import { type FibDevice, RouteProtocol, RouteType, Scope, Table } from '../../src/fib/route.ts';

export const ip = (text: string): Ipv4 => {
  const address = parseIpv4(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
};

export interface Held {
  local: Ipv4;
  length: number;
  scope: number;
}

export class WorldDevice implements FibDevice {
  readonly index: number;
  name: string;
  up = false;
  link = true;
  readonly loopback: boolean;
  l3mdev: WorldDevice | null = null;
  vrfTable = 0;
  ignoreLinkdown = false;
  group = 0;
  ipv4 = true;
  readonly addresses: Held[] = [];

  constructor(index: number, name: string) {
    this.index = index;
    this.name = name;
    this.loopback = name === 'lo';
  }

  get carrier(): boolean {
    return this.up && this.link;
  }
}

export class World implements FibHost {
  readonly devices: WorldDevice[] = [];
  readonly neighbours = new Map<string, number>();
  useNeighbours = false;
  readonly fib: Fib = new Fib(this);

  /** `names` become devices 1, 2 … of which the first should be lo. All are down. */
  constructor(...names: string[]) {
    names.forEach((name, place) => {
      this.devices.push(new WorldDevice(place + 1, name));
    });
  }

  device(name: string): WorldDevice {
    const device = this.deviceByName(name);
    if (device === undefined) throw new Error(`no device: ${name}`);
    return device;
  }

  deviceByName(name: string): WorldDevice | undefined {
    return this.devices.find((device) => device.name === name);
  }

  l3mdev(index: number): FibDevice | null {
    return this.devices.find((device) => device.index === index)?.l3mdev ?? null;
  }

  ipv4Enabled(device: FibDevice): boolean {
    return (device as WorldDevice).ipv4;
  }

  groupOf(device: FibDevice): number {
    return (device as WorldDevice).group;
  }

  neighbourState(device: FibDevice, address: Ipv4): number {
    return this.neighbours.get(`${device.name} ${address}`) ?? -1;
  }

  nexthopCompatMode(): boolean {
    return true;
  }

  multipathUsesNeighbours(): boolean {
    return this.useNeighbours;
  }

  /** inet_select_addr. */
  selectSourceAddress(device: FibDevice, gateway: Ipv4, scope: number): Ipv4 {
    const own = (device as WorldDevice).addresses.filter((held) => held.scope <= scope);
    const near = own.find((held) => gateway !== ANY && inPrefix(gateway, held.local, held.length));
    if (near ?? own[0]) return (near ?? own[0]).local;
    for (const other of this.devices)
      for (const held of other.addresses)
        if (held.scope !== Scope.LINK && held.scope <= scope) return held.local;
    return ANY;
  }

  address(name: string, text: string, scope: number = Scope.UNIVERSE): void {
    const [address, length] = text.split('/');
    const held = { local: ip(address), length: Number(length), scope };
    const device = this.device(name);
    device.addresses.push(held);
    this.announce(device, held);
    this.fib.deviceUp(device);
    this.fib.addressesChanged();
  }

  removeAddress(name: string, text: string): void {
    const device = this.device(name);
    const local = ip(text.split('/')[0]);
    const place = device.addresses.findIndex((held) => held.local === local);
    const [held] = device.addresses.splice(place, 1);
    const base = { protocol: RouteProtocol.KERNEL, prefsrc: local, nextHops: [{ device }] };
    const { length } = held;
    const destination = networkOf(local, length);
    const type = device.loopback ? RouteType.LOCAL : RouteType.UNICAST;
    const scope = device.loopback ? Scope.HOST : Scope.LINK;
    const magic = (config: { type: number; destination: Ipv4; length: number; scope: number }): boolean =>
      this.fib.deleteForAddress({
        ...base,
        ...config,
        table: config.type === RouteType.UNICAST ? Table.MAIN : Table.LOCAL,
      });
    magic({ type, destination, length, scope });
    if (length < 31)
      magic({ type: RouteType.BROADCAST, destination: lastOf(local, length), length: 32, scope: Scope.LINK });
    magic({ type: RouteType.LOCAL, destination: local, length: 32, scope: Scope.HOST });
    if (this.fib.addressType(local) !== RouteType.LOCAL) this.fib.addressRemoved(local, Table.MAIN);
    this.fib.addressesChanged();
    if (device.addresses.length === 0) this.fib.deviceDown(device, true);
  }

  up(name: string): void {
    const device = this.device(name);
    device.up = true;
    if (device.loopback && device.addresses.length === 0) this.address('lo', '127.0.0.1/8', Scope.HOST);
    for (const held of device.addresses) this.announce(device, held);
    this.fib.deviceUp(device);
    this.fib.addressesChanged();
  }

  down(name: string): void {
    const device = this.device(name);
    device.up = false;
    this.fib.deviceDown(device);
  }

  link(name: string, on: boolean): void {
    const device = this.device(name);
    device.link = on;
    if (on) this.fib.carrierUp(device);
    else this.fib.carrierDown(device);
  }

  remove(name: string): void {
    const device = this.device(name);
    device.up = false;
    this.fib.deviceDown(device);
    this.fib.deviceRemoved(device);
    this.devices.splice(this.devices.indexOf(device), 1);
  }

  /** fib_add_ifaddr. */
  private announce(device: WorldDevice, { local, length }: Held): void {
    const base = { protocol: RouteProtocol.KERNEL, prefsrc: local, nextHops: [{ device }] };
    const add = (type: number, destination: Ipv4, bits: number): void => {
      const table = type === RouteType.UNICAST ? Table.MAIN : Table.LOCAL;
      const scope = type === RouteType.LOCAL ? Scope.HOST : Scope.LINK;
      this.fib.insertForAddress({ ...base, table, type, scope, destination, length: bits });
    };
    add(RouteType.LOCAL, local, 32);
    if (!device.up || length === 32) return;
    add(device.loopback ? RouteType.LOCAL : RouteType.UNICAST, networkOf(local, length), length);
    if (length < 31) add(RouteType.BROADCAST, lastOf(local, length), 32);
  }
}
