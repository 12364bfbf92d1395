// Names of VRF devices as the other objects of `ip` take them: `vrf NAME` (ip/ipvrf.c).
import { Table } from '../../../admin/route-constants.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import type { Session } from '../iproute2/session.ts';

/** The VRF device of this name (name_is_vrf), or null. */
export function vrfCalled(session: Session, name: string): LinkInfo | null {
  const link = session.link(name);
  return link?.kind === 'vrf' ? link : null;
}

/** A table by the VRF's name (ipvrf_get_table); `default` is the main one. */
export function tableOf(session: Session, name: string): number | null {
  return vrfCalled(session, name)?.vrfTable ?? (name === 'default' ? Table.MAIN : null);
}

/** `vrf NAME` of a route: the VRF's table. */
export function takeVrfTable(args: Arguments): number {
  const text = args.value();
  if (args.failure !== 0) return 0;
  const table = tableOf(args.session, text);
  if (table === null) args.wrong('Invalid VRF\n', text);
  return table ?? 0;
}

/** `vrf NAME` of a link, an address or a neighbour: the VRF device; null after a complaint. */
export function takeVrf(args: Arguments): LinkInfo | null {
  const text = args.value();
  if (args.failure !== 0) return null;
  const vrf = vrfCalled(args.session, text);
  if (vrf === null) args.wrong('Not a valid VRF name\n', text);
  return vrf;
}
