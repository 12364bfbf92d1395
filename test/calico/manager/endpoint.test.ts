// Felix's scenarios of the endpoint manager, as far as routes and settings go (endpoint_mgr_test.go).
import { describe, expect, test } from 'vitest';
import { Errno } from '../../../src/addr/errno.ts';
import { mac } from '../../../src/addr/mac.ts';
import {
  EndpointManager,
  type EndpointSettings,
  type LocalEndpoint,
} from '../../../src/calico/manager/endpoint.ts';
import { ip } from '../../admin/machine.ts';
import { node } from '../table/node.ts';

const IFACE = 'cali1';
const SETTINGS: EndpointSettings = {
  protocol: 3,
  source: ip('0.0.0.0'),
  priority: 0,
  floatingIps: false,
  writesRoutes: true,
  writesRpFilter: true,
  rpFilter: '1',
};

const endpoint = (id: string, rest: Partial<LocalEndpoint> = {}): LocalEndpoint => ({
  id,
  interfaceName: IFACE,
  mac: mac(0x010203040506),
  networks: [{ address: ip('10.0.240.2'), length: 24 }],
  floating: [],
  maySpoof: false,
  ...rest,
});

/** The manager of a node with cali1, which is up. */
function world(settings: Partial<EndpointSettings> = {}) {
  const machine = node(1);
  const table = machine.table();
  const manager = new EndpointManager(machine.port, table, { ...SETTINGS, ...settings });
  return {
    ...machine,
    manager,
    /** The interface comes up, or goes down, in Felix's eyes and in the kernel's. */
    setState(isUp: boolean): void {
      if (isUp) machine.setUp(table, IFACE);
      else machine.setDown(table, IFACE);
      manager.interfaceChanged(IFACE, isUp);
    },
    complete(): string[] {
      const failures = [...manager.complete(), ...table.apply()];
      return failures.map(({ operation }) => operation.do);
    },
    workloads: (): string[] => machine.routes().filter((line) => line.includes(' dev cali')),
  };
}

describe('a workload endpoint', () => {
  test('S1: has a route for its network with its MAC as a neighbour, and is down until its interface is up', () => {
    const { manager, complete, setState, workloads, neighbours } = world();
    setState(false);
    manager.update(endpoint('k8s/a/eth0'));
    expect(complete()).toEqual([]);
    expect([manager.status('k8s/a/eth0'), workloads()]).toEqual(['down', []]);
    setState(true);
    expect(complete()).toEqual([]);
    expect(manager.status('k8s/a/eth0')).toBe('up');
    expect(workloads()).toEqual(['10.0.240.0/24 dev cali1']);
    expect(neighbours()).toEqual(['10.0.240.0 dev cali1 lladdr 01:02:03:04:05:06 nud permanent']);
  });

  test('S2: has its settings written when the interface is up', () => {
    const { manager, complete, setState, asked, port } = world();
    setState(true);
    asked();
    manager.update(endpoint('k8s/a/eth0'));
    complete();
    const written = asked().filter((line) => line.startsWith('sysctl'));
    expect(written.map((line) => line.split(' ').at(-1))).toEqual([
      'net.ipv6.conf.cali1.accept_ra=0',
      'net.ipv4.conf.cali1.route_localnet=1',
      'net.ipv4.neigh.cali1.proxy_delay=0',
      'net.ipv4.conf.cali1.proxy_arp=1',
      'net.ipv4.conf.cali1.forwarding=1',
      'net.ipv4.conf.cali1.rp_filter=1',
    ]);
    expect(port.sysctl('net/ipv4/conf/cali1/rp_filter')).toBe('1');
  });

  test('S2: one that may spoof is not filtered, and before v3.23 nothing is said of it', () => {
    const spoofing = world();
    spoofing.setState(true);
    spoofing.manager.update(endpoint('k8s/a/eth0', { maySpoof: true }));
    spoofing.complete();
    expect(spoofing.port.sysctl('net/ipv4/conf/cali1/rp_filter')).toBe('0');
    const old = world({ writesRpFilter: false });
    old.setState(true);
    old.asked();
    old.manager.update(endpoint('k8s/a/eth0'));
    old.complete();
    expect(old.asked().join()).not.toContain('rp_filter');
  });

  test('S2: a setting that is refused leaves it down, and is written again', () => {
    const { manager, complete, setState, port } = world();
    setState(true);
    manager.update(endpoint('k8s/a/eth0'));
    port.failAt('sysctl', 2, Errno.EPERM);
    expect(complete()).toEqual(['sysctl']);
    expect(manager.status('k8s/a/eth0')).toBe('down');
    port.heal();
    expect(complete()).toEqual([]);
    expect(manager.status('k8s/a/eth0')).toBe('up');
  });

  test('S4: has routes for its floating addresses where they are enabled', () => {
    const floating = [ip('172.16.1.3'), ip('172.18.1.4')];
    const enabled = world({ floatingIps: true });
    enabled.manager.update(endpoint('k8s/a/eth0', { floating }));
    enabled.complete();
    expect(enabled.workloads().sort()).toEqual([
      '10.0.240.0/24 dev cali1',
      '172.16.1.3 dev cali1',
      '172.18.1.4 dev cali1',
    ]);
    const disabled = world();
    disabled.manager.update(endpoint('k8s/a/eth0', { floating }));
    disabled.complete();
    expect(disabled.workloads()).toEqual(['10.0.240.0/24 dev cali1']);
  });

  test('S5: leaves no route and no status behind', () => {
    const { manager, complete, workloads } = world();
    manager.update(endpoint('k8s/a/eth0'));
    complete();
    manager.remove('k8s/a/eth0');
    expect(complete()).toEqual([]);
    expect([manager.status('k8s/a/eth0'), workloads()]).toEqual([null, []]);
  });

  test('writes no routes with RouteSyncDisabled', () => {
    const { manager, complete, workloads } = world({ writesRoutes: false });
    manager.update(endpoint('k8s/a/eth0'));
    complete();
    expect(workloads()).toEqual([]);
  });
});

describe.each([
  ['earlier', 'k8s/a/eth0', 'k8s/b/eth0'],
  ['later', 'k8s/b/eth0', 'k8s/a/eth0'],
])('S8: a second endpoint with the same interface and an %s id', (_, second, first) => {
  const networkOf: Readonly<Record<string, string>> = { 'k8s/a/eth0': '10.0.0.1', 'k8s/b/eth0': '10.0.0.2' };
  const both = () => {
    const all = world();
    all.setState(true);
    for (const id of [first, second]) {
      all.manager.update(endpoint(id, { networks: [{ address: ip(networkOf[id] as string), length: 32 }] }));
      all.complete();
    }
    return all;
  };

  test('the lower id has the interface', () => {
    const { manager, workloads } = both();
    expect(workloads()).toEqual(['10.0.0.1 dev cali1']);
    expect([manager.status('k8s/a/eth0'), manager.status('k8s/b/eth0')]).toEqual(['up', 'error']);
  });

  test.each(['k8s/a/eth0', 'k8s/b/eth0'])('when %s goes the other has it, and then nobody', (gone) => {
    const { manager, complete, workloads } = both();
    const other = gone === 'k8s/a/eth0' ? 'k8s/b/eth0' : 'k8s/a/eth0';
    manager.remove(gone);
    complete();
    expect(workloads()).toEqual([`${networkOf[other]} dev cali1`]);
    expect(manager.status(other)).toBe('up');
    manager.remove(other);
    complete();
    expect(workloads()).toEqual([]);
  });
});
