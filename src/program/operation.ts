// One change to one namespace, as data: the reconciler decides on them, a port performs them, a script prints them.
import type { Ipv4 } from '../addr/ipv4.ts';
import type {
  AddressRequest,
  FdbRequest,
  LinkAdd,
  LinkSet,
  NeighbourRequest,
  RouteRequest,
  RouteVerb,
} from '../admin/types.ts';

/** A link to be made here; a veth's other end is made in the operation's `peerNamespace`. */
export type NewLink = Omit<LinkAdd, 'namespace'>;

/** Namespaces are named, not held: the same operation is a request here and a line of a script elsewhere. */
export type Operation =
  /** modprobe: of the whole machine, asked for from one of its namespaces. */
  | { readonly do: 'load-module'; readonly module: string }
  | { readonly do: 'add-link'; readonly link: NewLink; readonly peerNamespace?: string }
  | {
      readonly do: 'set-link';
      readonly device: string;
      readonly change: Omit<LinkSet, 'namespace'>;
      /** Move it there: '' is the initial namespace. */
      readonly toNamespace?: string;
    }
  | { readonly do: 'delete-link'; readonly device: string }
  | { readonly do: 'add-address'; readonly device: string; readonly address: AddressRequest }
  | { readonly do: 'delete-address'; readonly device: string; readonly local: Ipv4; readonly length: number }
  | { readonly do: 'route'; readonly verb: RouteVerb | 'delete'; readonly route: RouteRequest }
  | { readonly do: 'replace-neighbour'; readonly neighbour: NeighbourRequest }
  | { readonly do: 'delete-neighbour'; readonly device: string; readonly destination: Ipv4 }
  | { readonly do: 'replace-fdb'; readonly entry: FdbRequest }
  | { readonly do: 'delete-fdb'; readonly entry: FdbRequest }
  | { readonly do: 'sysctl'; readonly path: string; readonly value: string };
