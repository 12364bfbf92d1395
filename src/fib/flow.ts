// A routing question with nothing asked yet: made once by each user and filled in again and again.
import { ANY } from '../addr/ipv4.ts';
import { type Flow, Scope } from './route.ts';

/** LOOPBACK_IFINDEX: the incoming device of what the host itself sends. */
export const LOOPBACK_INDEX = 1;

export const makeFlow = (): Flow => ({
  destination: ANY,
  source: ANY,
  tos: 0,
  mark: 0,
  iif: LOOPBACK_INDEX,
  oif: 0,
  scope: Scope.UNIVERSE,
  protocol: 0,
  sourcePort: 0,
  destinationPort: 0,
  skipNextHopOif: false,
});
