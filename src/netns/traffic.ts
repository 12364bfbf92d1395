// What traffic control (tc) keeps of a device; src/link/traffic-control.ts lets frames meet it.
import type { Device } from './device.ts';

export type TrafficAction =
  /** act_mirred: out of a device, or as received by it. */
  | { readonly kind: 'redirect'; readonly direction: 'egress' | 'ingress'; readonly device: Device }
  /** act_pedit and act_csum in one: DF is set and the header's checksum put right. */
  | { readonly kind: 'dont-fragment' };

export interface TrafficFilter {
  readonly priority: number;
  /** 0 for all. */
  readonly etherType: number;
  /** Of IPv4; 0 for any. */
  readonly ipProtocol: number;
  readonly action: TrafficAction;
}

export interface QueueingDiscipline {
  readonly kind: string;
  /** The major number. */
  readonly handle: number;
}

/** What hangs on one device. */
export class TrafficControl {
  root: QueueingDiscipline | null = null;
  hasIngress = false;
  /** In order of priority. */
  egress: TrafficFilter[] = [];
  ingress: TrafficFilter[] = [];

  get isEmpty(): boolean {
    return this.root === null && !this.hasIngress;
  }
}
