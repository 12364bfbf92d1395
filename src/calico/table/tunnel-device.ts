// The tunnel devices of a node as Felix wants them: tunl0 (ipip_mgr.go), vxlan.calico (vxlan_mgr.go). Each `ensure` does
// what is missing and can be asked again at any time.
import { Errno, refuse } from '../../addr/errno.ts';
import type { Ipv4 } from '../../addr/ipv4.ts';
import type { Mac } from '../../addr/mac.ts';
import type { LinkInfo } from '../../admin/types.ts';
import type { Operation } from '../../program/operation.ts';
import type { Failure, Port } from '../../program/port.ts';
import { isUsable } from './link-state.ts';

export interface IpipSettings {
  /** Of the tunnel; 0 for none. */
  readonly address: Ipv4;
  readonly mtu: number;
}

export interface VxlanSettings {
  /** vxlan.calico. */
  readonly name: string;
  readonly vni: number;
  readonly port: number;
  /** The node's own address, and the device that has it. */
  readonly local: Ipv4;
  readonly parent: string;
  readonly mac: Mac;
  readonly mtu: number;
  /** Of the tunnel; 0 for none. */
  readonly address: Ipv4;
}

/** The kernel's own name of it. */
export const IPIP_DEVICE = 'tunl0';
export const VXLAN_DEVICE = 'vxlan.calico';

/** tunl0; with null it loses its addresses and stays, for it is the kernel's. */
export function ensureIpip(port: Port, wanted: IpipSettings | null): Failure[] {
  const steps = new Steps(port);
  if (wanted === null) return steps.ensureAddress(IPIP_DEVICE, NO_ADDRESS).failures;
  if (port.link(IPIP_DEVICE) === null) {
    steps.perform({ do: 'load-module', module: 'ipip' });
    if (port.link(IPIP_DEVICE) === null)
      steps.perform({ do: 'add-link', link: { name: IPIP_DEVICE, kind: 'ipip' } });
  }
  return steps
    .ensureMtu(IPIP_DEVICE, wanted.mtu)
    .ensureUp(IPIP_DEVICE)
    .ensureAddress(IPIP_DEVICE, wanted.address).failures;
}

/** vxlan.calico; a device that differs in what cannot be changed is made anew. */
export function ensureVxlan(port: Port, wanted: VxlanSettings): Failure[] {
  const parent = port.link(wanted.parent);
  if (parent === null) return [{ operation: additionOf(wanted), refusal: refuse(Errno.ENODEV) }];
  const steps = new Steps(port);
  const link = port.link(wanted.name);
  if (link !== null && !isCompatible(link, wanted, parent))
    steps.perform({ do: 'delete-link', device: wanted.name });
  if (steps.failures.length > 0) return steps.failures;
  if (port.link(wanted.name) === null) steps.perform(additionOf(wanted));
  return steps
    .ensureMtu(wanted.name, wanted.mtu)
    .ensureAddress(wanted.name, wanted.address)
    .ensureUp(wanted.name).failures;
}

/** VXLAN is off: unlike tunl0, the device goes. */
export function removeVxlan(port: Port, name: string): Failure[] {
  const steps = new Steps(port);
  if (port.link(name) !== null) steps.perform({ do: 'delete-link', device: name });
  return steps.failures;
}

/** vxlanLinksIncompat: what a device has had from its making. */
function isCompatible(link: LinkInfo, wanted: VxlanSettings, parent: LinkInfo): boolean {
  const { vxlan } = link;
  if (vxlan === null || vxlan.l2miss || link.address !== wanted.mac) return false;
  return (
    vxlan.vni === wanted.vni &&
    vxlan.port === wanted.port &&
    vxlan.local === wanted.local &&
    vxlan.link === parent.index
  );
}

const additionOf = ({ name, mac, mtu, vni, port, local, parent }: VxlanSettings): Operation => ({
  do: 'add-link',
  link: {
    name,
    kind: 'vxlan',
    address: mac,
    mtu,
    vxlan: { vni, link: parent, local, port, learning: false },
  },
});

const NO_ADDRESS = 0 as Ipv4;
const FULL_LENGTH = 32;

/** Steps toward a device as wanted; the ones that are refused are kept. A device that is not there takes none. */
class Steps {
  readonly failures: Failure[] = [];
  private readonly port: Port;

  constructor(port: Port) {
    this.port = port;
  }

  perform(operation: Operation): void {
    const refusal = this.port.perform(operation);
    if (refusal !== null) this.failures.push({ operation, refusal });
  }

  ensureMtu(device: string, mtu: number): this {
    const link = this.port.link(device);
    if (link !== null && link.mtu !== mtu) this.perform({ do: 'set-link', device, change: { mtu } });
    return this;
  }

  ensureUp(device: string): this {
    const link = this.port.link(device);
    if (link !== null && !isUsable(link)) this.perform({ do: 'set-link', device, change: { up: true } });
    return this;
  }

  /** This one as /32 and no other; none for 0. */
  ensureAddress(device: string, address: Ipv4): this {
    if (this.port.link(device) === null) return this;
    let isThere = false;
    for (const { local, length } of this.port.addresses(device))
      if (address !== NO_ADDRESS && local === address && length === FULL_LENGTH) isThere = true;
      else this.perform({ do: 'delete-address', device, local, length });
    if (!isThere && address !== NO_ADDRESS)
      this.perform({
        do: 'add-address',
        device,
        address: { local: address, peer: address, length: FULL_LENGTH },
      });
    return this;
  }
}
