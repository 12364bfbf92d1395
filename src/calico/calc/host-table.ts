// The nodes by name, and what their addresses and tunnels claim in the trie.
import { ANY, type Ipv4 } from '../../addr/ipv4.ts';
import type { HostInfo } from './host.ts';
import type { Ipam } from './ipam.ts';
import type { RouteTrie } from './route-trie.ts';

export class HostTable {
  private readonly trie: RouteTrie;
  private readonly ipam: Ipam;
  private readonly hosts = new Map<string, HostInfo>();

  constructor(trie: RouteTrie, ipam: Ipam) {
    this.trie = trie;
    this.ipam = ipam;
  }

  get(name: string): HostInfo | null {
    return this.hosts.get(name) ?? null;
  }

  names(): Iterable<string> {
    return this.hosts.keys();
  }

  /** `host` null removes it. False if nothing is different. */
  replace(name: string, host: HostInfo | null): boolean {
    const old = this.get(name);
    if (JSON.stringify(old) === JSON.stringify(host)) return false;
    if (host === null) this.hosts.delete(name);
    else this.hosts.set(name, host);
    this.replaceAddresses(name, old, host);
    this.replaceTunnels(name, old, host);
    this.trie.touchNode(name);
    return true;
  }

  private replaceAddresses(name: string, old: HostInfo | null, host: HostInfo | null): void {
    for (const address of addressesOf(old)) this.trie.removeHost(address, name);
    for (const address of addressesOf(host)) this.trie.addHost(address, name);
  }

  private replaceTunnels(name: string, old: HostInfo | null, host: HostInfo | null): void {
    for (const address of tunnelsOf(old)) this.trie.setTunnel(address, name, null);
    for (const address of tunnelsOf(host)) {
      const { ipip, vxlan } = (host as HostInfo).tunnel;
      this.trie.setTunnel(address, name, { node: name, ipip: ipip === address, vxlan: vxlan === address });
    }
    for (const address of [...tunnelsOf(old), ...tunnelsOf(host)]) this.ipam.addressChanged(address);
  }
}

/** A node without an address of its own has no routes at all, not even for its tunnels (onNodeUpdate). */
function addressesOf(host: HostInfo | null): Ipv4[] {
  if (host === null || !host.known) return [];
  return host.address === ANY ? [...host.others] : [host.address, ...host.others];
}

function tunnelsOf(host: HostInfo | null): Ipv4[] {
  if (host === null || !host.known) return [];
  return [...new Set([host.tunnel.ipip, host.tunnel.vxlan])].filter((address) => address !== ANY);
}
