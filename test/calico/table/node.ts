// A node with a few interfaces, its port, and routes in few words.
import { mac } from '../../../src/addr/mac.ts';
import { dumpNeighbours } from '../../../src/admin/neighbour.ts';
import { dumpRoutes } from '../../../src/admin/route.ts';
import type { RouteInfo } from '../../../src/admin/types.ts';
import {
  EXCLUSIVE,
  mainTableOwnership,
  type Ownership,
  type OwnershipConfig,
} from '../../../src/calico/table/ownership.ts';
import { RouteTable } from '../../../src/calico/table/route-table.ts';
import { type Target, TargetType } from '../../../src/calico/table/target.ts';
import { createLab } from '../../../src/lab/create.ts';
import { commandOf } from '../../../src/program/script.ts';
import { SECOND } from '../../../src/time/clock.ts';
import { add, address, down, ip, ok, up } from '../../admin/machine.ts';
import { FailingPort } from './failing-port.ts';

export const FELIX: OwnershipConfig = {
  interfacePrefixes: ['cali'],
  removeExternalRoutes: true,
  workloadProtocol: 3,
  exclusiveProtocols: [80],
  ownsIpipRoutes: true,
  isBgpPeer: () => false,
};

export const GRACE = 10 * SECOND;

/** `10.0.0.1/32` with what is said of it; else a workload's route. */
export function target(prefix: string, rest: Partial<Target> = {}): Target {
  const [text, length] = prefix.split('/') as [string, string | undefined];
  return {
    type: TargetType.LOCAL_WORKLOAD,
    destination: ip(text),
    length: Number(length ?? 32),
    gateway: ip('0.0.0.0'),
    source: ip('0.0.0.0'),
    mtu: 0,
    protocol: 3,
    priority: 0,
    mac: mac(0),
    ...rest,
  };
}

/** A route as `ip route` would be told to make it, without the verb. */
export function routeLine(route: RouteInfo): string {
  const nextHops = route.nextHops.map(({ device, gateway, flags }) => ({
    device,
    gateway,
    onlink: (flags & 4) !== 0,
  }));
  const { metrics, ...rest } = route;
  const request = { ...rest, nextHops, ...(metrics === null ? {} : { metrics: { mtu: metrics.mtu } }) };
  return commandOf('', { do: 'route', verb: 'add', route: request }).slice('ip route add '.length);
}

/** eth0 with 12.0.0.2/24 and a default route, and workloads' interfaces cali1 to cali5, all up. */
export function node(workloads = 5) {
  const lab = createLab();
  const namespace = lab.addNamespace('node1');
  if (namespace === null) throw new Error('the name is taken');
  const port = new FailingPort(lab, namespace);
  const makeUp = (name: string): void => {
    add(namespace, 'dummy', name);
    up(namespace, name);
  };
  makeUp('eth0');
  ok(address(namespace, 'eth0', '12.0.0.2/24'));
  const hop = { device: 'eth0', gateway: ip('12.0.0.1') };
  ok(
    port.perform({
      do: 'route',
      verb: 'add',
      route: { table: 254, destination: ip('0.0.0.0'), length: 0, protocol: 3, nextHops: [hop] },
    }),
  );
  for (let i = 1; i <= workloads; i++) makeUp(`cali${i}`);
  port.asked = [];
  let now = 1000 * SECOND;

  const indexOf = (name: string): number => port.link(name)?.index ?? 0;
  const routes = (table = 254): string[] =>
    dumpRoutes(namespace, table)
      .map(routeLine)
      .filter((line) => !line.includes('proto kernel'));
  const makeTable = (ownership: Ownership = mainTableOwnership(FELIX), number = 254): RouteTable =>
    new RouteTable(port, { table: number, ownership, now: () => now, grace: GRACE });
  const announce = (table: RouteTable): void => {
    for (const { name, flags, index } of port.links())
      if (name !== 'lo') table.interfaceChanged(name, (flags & 1) !== 0 ? 'up' : 'down', index);
  };

  return {
    lab,
    namespace,
    port,
    indexOf,
    routes,
    /** A table that knows the interfaces. */
    table(ownership?: Ownership, number?: number): RouteTable {
      const table = makeTable(ownership, number);
      announce(table);
      return table;
    },
    announce,
    exclusive: (number: number): RouteTable => makeTable(EXCLUSIVE, number),
    wait(seconds: number): void {
      now += seconds * SECOND;
    },
    /** The kernel's side and the event. */
    setUp(table: RouteTable, name: string): void {
      up(namespace, name);
      table.interfaceChanged(name, 'up', indexOf(name));
    },
    setDown(table: RouteTable, name: string): void {
      down(namespace, name);
      table.interfaceChanged(name, 'down', indexOf(name));
    },
    /** Somebody else's hand. */
    ip(verb: 'add' | 'replace' | 'append' | 'delete', one: Target, device: string, number = 254): void {
      const nextHops = device === '' ? [] : [{ device, gateway: one.gateway }];
      const { destination, length, protocol, priority } = one;
      const scope = one.gateway === 0 && device !== '' ? 253 : 0;
      const type = device === '' ? 6 : 1;
      const route = { table: number, destination, length, protocol, priority, scope, type, nextHops };
      port.perform({ do: 'route', verb, route });
      port.asked = [];
    },
    neighbours: (): string[] =>
      dumpNeighbours(namespace, {})
        .filter(({ state }) => (state & 0x80) !== 0)
        .map(({ destination, device, lladdr, state }) =>
          commandOf('', { do: 'replace-neighbour', neighbour: { destination, device, lladdr, state } }).slice(
            21,
          ),
        ),
    /** What reached the port since it was last asked. */
    asked(): string[] {
      const { asked } = port;
      port.asked = [];
      return asked;
    },
  };
}
