// A node's tunnels: the devices while their encapsulation is on, and what VXLAN's needs to find the other nodes
// (felix/dataplane/linux/{ipip,vxlan}_mgr.go).
import type { Failure, Port } from '../../program/port.ts';
import type { Vtep } from '../calc/types.ts';
import { type LateClock, LateFdb } from '../table/late-fdb.ts';
import {
  ensureIpip,
  ensureVxlan,
  IPIP_DEVICE,
  type IpipSettings,
  removeVxlan,
  VXLAN_DEVICE,
  type VxlanSettings,
} from '../table/tunnel-device.ts';

export interface TunnelSettings {
  /** Null while IPIP is off. */
  readonly ipip: IpipSettings | null;
  /** Null while VXLAN is off. */
  readonly vxlan: VxlanSettings | null;
}

export interface TunnelOptions {
  readonly node: string;
  readonly clock: LateClock;
  /** The entries of VXLAN are written when they are looked at. */
  readonly isLate: boolean;
}

const NO_VTEPS: readonly Vtep[] = [];

export class Tunnels {
  private readonly port: Port;
  private readonly fdb: LateFdb;
  private settings: TunnelSettings = { ipip: null, vxlan: null };
  /** tunl0 is left alone until IPIP was on once. */
  private hadIpip = false;

  constructor(port: Port, options: TunnelOptions) {
    this.port = port;
    this.fdb = new LateFdb(port, { device: VXLAN_DEVICE, ...options });
  }

  /** `vteps` are those of all nodes. */
  set(settings: TunnelSettings, vteps: readonly Vtep[]): void {
    this.settings = settings;
    this.fdb.set(settings.vxlan === null ? NO_VTEPS : vteps);
  }

  /** What is late is written. */
  catchUp(): Failure[] {
    return this.fdb.catchUp();
  }

  resync(): void {
    this.fdb.resync();
  }

  /** `flushed` hears of a device that has lost an address: with its last one the kernel drops routes and neighbours. */
  apply(flushed: (device: string) => void): Failure[] {
    const { port } = this;
    const { ipip, vxlan } = this.settings;
    this.hadIpip ||= ipip !== null;
    const failures: Failure[] = [];
    if (this.hadIpip && losesAddress(port, IPIP_DEVICE, () => failures.push(...ensureIpip(port, ipip))))
      flushed(IPIP_DEVICE);
    if (vxlan === null) return [...failures, ...removeVxlan(port, VXLAN_DEVICE)];
    if (losesAddress(port, VXLAN_DEVICE, () => failures.push(...ensureVxlan(port, vxlan)))) {
      this.fdb.resync();
      flushed(VXLAN_DEVICE);
    }
    return [...failures, ...this.fdb.apply()];
  }
}

function losesAddress(port: Port, device: string, act: () => void): boolean {
  const before = port.addresses(device);
  act();
  const after = new Set(port.addresses(device).map(({ local }) => local));
  return before.some(({ local }) => !after.has(local));
}
