// What the CNI plugin does when a pod is added, in its order (cni-plugin/pkg/dataplane/linux/dataplane_linux.go).
import { ANY, type Ipv4, ipv4 } from '../../addr/ipv4.ts';
import type { Mac } from '../../addr/mac.ts';
import type { Operation } from '../../program/operation.ts';
import { plainRoute } from '../../program/plain-route.ts';
import type { Prefix } from '../calc/types.ts';

/** ee:ee:ee:ee:ee:ee, the host's side of every pod. */
const HOST_SIDE_MAC = 0xeeeeeeeeeeee as Mac;
/** 169.254.1.1, the gateway that nobody has: proxy ARP answers for it. */
const POD_GATEWAY = ipv4(0xa9fe0101);
export const POD_INTERFACE = 'eth0';

export interface PodWiring {
  readonly podNamespace: string;
  readonly nodeNamespace: string;
  /** The host's side. */
  readonly interfaceName: string;
  readonly mac: Mac;
  readonly mtu: number;
  readonly addresses: readonly Ipv4[];
}

/** One step and the namespace that it is taken in. */
export interface Step {
  readonly namespace: string;
  readonly operation: Operation;
}

/** The pod's namespace is there and empty; the pair is made in it and its other end moved to the node. */
export function addPod(wiring: PodWiring): Step[] {
  const inPod = insidePod(wiring).map((operation) => ({ namespace: wiring.podNamespace, operation }));
  const onNode = hostSide(wiring).map((operation) => ({ namespace: wiring.nodeNamespace, operation }));
  return [...inPod, ...onNode];
}

function insidePod({ interfaceName, mac, mtu, addresses, nodeNamespace }: PodWiring): Operation[] {
  return [
    { do: 'set-link', device: 'lo', change: { up: true } },
    {
      do: 'add-link',
      link: {
        name: POD_INTERFACE,
        kind: 'veth',
        mtu,
        address: mac,
        veth: { peer: { name: interfaceName, mtu } },
      },
    },
    { do: 'set-link', device: interfaceName, change: { address: HOST_SIDE_MAC } },
    { do: 'set-link', device: interfaceName, change: { up: true } },
    { do: 'set-link', device: POD_INTERFACE, change: { up: true } },
    plainRoute('add', { destination: POD_GATEWAY, length: 32, device: POD_INTERFACE }),
    plainRoute('add', { destination: ANY, length: 0, device: POD_INTERFACE, gateway: POD_GATEWAY }),
    ...addresses.map(
      (local): Operation => ({
        do: 'add-address',
        device: POD_INTERFACE,
        address: { local, peer: local, length: 32 },
      }),
    ),
    { do: 'sysctl', path: 'net/ipv4/ip_forward', value: '0' },
    { do: 'set-link', device: interfaceName, change: {}, toNamespace: nodeNamespace },
  ];
}

/** Moving an interface leaves it down, so its settings come before it is up again. */
function hostSide({ interfaceName, addresses }: PodWiring): Operation[] {
  return [
    ...hostSettings(interfaceName).map(([path, value]): Operation => ({ do: 'sysctl', path, value })),
    { do: 'set-link', device: interfaceName, change: { up: true } },
    ...addresses.map((destination) => plainRoute('add', { destination, length: 32, device: interfaceName })),
  ];
}

function hostSettings(name: string): [path: string, value: string][] {
  return [
    [`net/ipv4/conf/${name}/route_localnet`, '1'],
    [`net/ipv4/neigh/${name}/proxy_delay`, '0'],
    [`net/ipv4/conf/${name}/proxy_arp`, '1'],
    [`net/ipv4/conf/${name}/forwarding`, '1'],
    [`net/ipv6/conf/${name}/accept_ra`, '0'],
  ];
}

/** The prefixes of an endpoint that are addresses of the pod's interface. */
export const hostAddresses = (networks: readonly Prefix[]): Ipv4[] => networks.map(({ address }) => address);
