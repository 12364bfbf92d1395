// The ends of a trace: what a user's word stands for in a lab.
import { ANY, type Ipv4, parseIpv4 } from '../addr/ipv4.ts';
import type { Lab } from '../lab/lab.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';

/** One end of a trace. */
export interface TraceEnd {
  /** null for an address that nobody here holds. */
  readonly namespace: Namespace | null;
  readonly address: Ipv4;
  /** What it sends from; ANY leaves the choice to the route, as ping and most programs do. */
  readonly source: Ipv4;
}

/** What a word means, or null if it means nothing. A cluster gives another function, which knows pods and nodes. */
export type ResolveEnd = (word: string) => TraceEnd | null;

/** A namespace, `namespace:device` (`:device` in the initial one), or an IPv4 address. */
export const labEnds =
  (lab: Lab): ResolveEnd =>
  (word) => {
    const address = parseIpv4(word);
    if (address !== null) return { namespace: holderOf(lab, address), address, source: address };
    const namespace = lab.names.get(word);
    if (namespace !== undefined) return { namespace, address: firstAddress(namespace), source: ANY };
    return deviceEnd(lab, word);
  };

function deviceEnd(lab: Lab, word: string): TraceEnd | null {
  const colon = word.indexOf(':');
  if (colon < 0) return null;
  const namespace = colon === 0 ? lab.kernel.initial : lab.names.get(word.slice(0, colon));
  const device = namespace?.names.get(word.slice(colon + 1));
  if (namespace === undefined || device === undefined) return null;
  const address = addressOf(device);
  return { namespace, address, source: address };
}

/** The first namespace that holds the address, the initial one last. */
function holderOf(lab: Lab, address: Ipv4): Namespace | null {
  for (const namespace of lab.names.values()) if (namespace.addressOwners.has(address)) return namespace;
  return lab.kernel.initial.addressOwners.has(address) ? lab.kernel.initial : null;
}

const addressOf = (device: Device): Ipv4 => device.addresses[0]?.local ?? ANY;

/** Of the first device that has one and is not the loopback; tunnels' last: they are not what a host is known by. */
function firstAddress(namespace: Namespace): Ipv4 {
  const devices = [...namespace.devices.values()].filter(({ loopback }) => !loopback);
  const plain = devices.filter(({ tunnel, vxlan }) => tunnel === null && vxlan === null);
  for (const device of [...plain, ...devices]) if (device.addresses.length > 0) return addressOf(device);
  return ANY;
}
