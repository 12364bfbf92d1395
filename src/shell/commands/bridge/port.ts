// Bridges and their ports as the dumps of family AF_BRIDGE give them.
import type { LinkInfo } from '../../../admin/types.ts';
import { type Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { leadingInteger } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';

/** All devices in the order in which they came into the namespace, as for_each_netdev walks them. */
export const listedLinks = (session: Session): LinkInfo[] =>
  [...session.namespace.devices.keys()]
    .map((index) => session.linkByIndex(index))
    .filter((link) => link !== null);

/** What `show` of links, VLANs and groups may be narrowed to. */
export interface ShowFilter {
  device: string;
  vlan: number;
}

/** No device is called so: the filter lets every device pass. */
export const passes = (filter: ShowFilter, name: string): boolean =>
  filter.device === '' || filter.device === name;

const DEVICE: Keyword<ShowFilter> = exact('dev', (filter, args) => {
  const text = args.value();
  if (filter.device !== '') args.duplicate('dev', text);
  filter.device = text;
});

const VLAN: Keyword<ShowFilter> = exact('vid', (filter, args) => {
  const text = args.value();
  if (filter.vlan !== 0) args.duplicate('vid', text);
  filter.vlan = leadingInteger(text);
});

export const LINK_FILTER: readonly Keyword<ShowFilter>[] = [DEVICE];
export const VLAN_FILTER: readonly Keyword<ShowFilter>[] = [DEVICE, VLAN];

/** Words of `show`: unknown ones are passed over. An exit status if one is wrong. */
export function parseShow(args: Arguments, keywords: readonly Keyword<ShowFilter>[]): ShowFilter | number {
  const filter: ShowFilter = { device: '', vlan: 0 };
  walk(args, keywords, filter, () => {});
  if (args.failure !== 0) return args.failure;
  const { session } = args;
  if (filter.device === '') return filter;
  const link = session.link(filter.device);
  return link === null ? session.noDevice(filter.device) : { ...filter, device: link.name };
}
