// A node's tunnels: the devices while their encapsulation is on, and what VXLAN's needs to find the other nodes
// (felix/dataplane/linux/{ipip,vxlan}_mgr.go).
import type { Failure, Port } from '../../program/port.ts';
import type { Vtep } from '../calc/types.ts';
import {
  ensureIpip,
  ensureVxlan,
  type IpipSettings,
  removeVxlan,
  type VxlanSettings,
} from '../table/tunnel-device.ts';
import { VxlanFdb } from '../table/vxlan-fdb.ts';
import { VXLAN_DEVICE } from './placement.ts';

export interface TunnelSettings {
  /** Null while IPIP is off. */
  readonly ipip: IpipSettings | null;
  /** Null while VXLAN is off. */
  readonly vxlan: VxlanSettings | null;
}

export class Tunnels {
  private readonly port: Port;
  private readonly fdb: VxlanFdb;
  private settings: TunnelSettings = { ipip: null, vxlan: null };
  /** tunl0 is left alone until IPIP was on once. */
  private hadIpip = false;

  constructor(port: Port) {
    this.port = port;
    this.fdb = new VxlanFdb(port, VXLAN_DEVICE);
  }

  set(settings: TunnelSettings, remote: readonly Vtep[]): void {
    this.settings = settings;
    this.fdb.set(settings.vxlan === null ? [] : remote);
  }

  resync(): void {
    this.fdb.resync();
  }

  apply(): Failure[] {
    const { ipip, vxlan } = this.settings;
    this.hadIpip ||= ipip !== null;
    return [
      ...(this.hadIpip ? ensureIpip(this.port, ipip) : []),
      ...(vxlan === null ? removeVxlan(this.port, VXLAN_DEVICE) : ensureVxlan(this.port, vxlan)),
      ...(vxlan === null ? [] : this.fdb.apply()),
    ];
  }
}
