// A question for the FIB (struct flowi4): made once by each user and filled in again and again.
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { type Flow, Scope } from './route.ts';

/** LOOPBACK_IFINDEX: the incoming device of what the host itself sends. */
export const LOOPBACK_INDEX = 1;

export class FlowKey implements Flow {
  destination: Ipv4 = ANY;
  source: Ipv4 = ANY;
  tos = 0;
  mark = 0;
  iif = LOOPBACK_INDEX;
  oif = 0;
  l3mdev = 0;
  uid = 0;
  scope: number = Scope.UNIVERSE;
  protocol = 0;
  sourcePort = 0;
  destinationPort = 0;
  skipNextHopOif = false;
  /** The source need not be an address of ours (FLOWI_FLAG_ANYSRC). */
  anySource = false;

  /** Everything but destination and source to its default. */
  ask(destination: Ipv4, source: Ipv4): this {
    this.destination = destination;
    this.source = source;
    this.tos = 0;
    this.mark = 0;
    this.iif = LOOPBACK_INDEX;
    this.oif = 0;
    this.l3mdev = 0;
    this.uid = 0;
    this.scope = Scope.UNIVERSE;
    this.protocol = 0;
    this.sourcePort = 0;
    this.destinationPort = 0;
    this.skipNextHopOif = false;
    this.anySource = false;
    return this;
  }
}
