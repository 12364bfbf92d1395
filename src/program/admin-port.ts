// The port to a namespace of a lab: each operation is the administrative request that `ip` or `sysctl` would send.
import { Errno, refuse } from '../addr/errno.ts';
import { changeAddress, deleteAddress, dumpAddresses } from '../admin/address.ts';
import { changeFdb, deleteFdb, dumpFdb } from '../admin/fdb.ts';
import { addLink, deleteLink, dumpLinks, getLink, setLink } from '../admin/link.ts';
import { loadModule } from '../admin/module.ts';
import { changeNeighbour, deleteNeighbour, dumpNeighbours } from '../admin/neighbour.ts';
import { changeRoute, deleteRoute, dumpRoutes } from '../admin/route.ts';
import { readSysctl, writeSysctl } from '../admin/sysctl.ts';
import type {
  AddressInfo,
  FdbInfo,
  LinkInfo,
  LinkSet,
  NeighbourInfo,
  Outcome,
  RouteInfo,
} from '../admin/types.ts';
import type { Lab } from '../lab/lab.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { NewLink, Operation } from './operation.ts';
import type { Port } from './port.ts';

export class AdminPort implements Port {
  readonly namespace: Namespace;
  private readonly lab: Lab;

  constructor(lab: Lab, namespace: Namespace) {
    this.lab = lab;
    this.namespace = namespace;
  }

  links(): readonly LinkInfo[] {
    return dumpLinks(this.namespace);
  }

  link(name: string): LinkInfo | null {
    const answer = getLink(this.namespace, name);
    return 'value' in answer ? answer.value : null;
  }

  addresses(device: string): readonly AddressInfo[] {
    return dumpAddresses(this.namespace, device);
  }

  routes(table: number): readonly RouteInfo[] {
    return dumpRoutes(this.namespace, table);
  }

  neighbours(device: string): readonly NeighbourInfo[] {
    return dumpNeighbours(this.namespace, { device });
  }

  fdb(device: string): readonly FdbInfo[] {
    return dumpFdb(this.namespace, { port: device });
  }

  sysctl(path: string): string | null {
    const answer = readSysctl(this.namespace, path);
    return 'value' in answer ? answer.value : null;
  }

  perform(operation: Operation): Outcome {
    const { namespace } = this;
    switch (operation.do) {
      case 'load-module':
        return loadModule(namespace.kernel, operation.module);
      case 'add-link':
        return this.addLink(operation.link, operation.peerNamespace);
      case 'set-link':
        return this.setLink(operation.device, operation.change, operation.toNamespace);
      case 'delete-link':
        return deleteLink(namespace, operation.device);
      case 'add-address':
        return changeAddress(namespace, 'add', operation.device, operation.address);
      case 'delete-address': {
        const { local, length } = operation;
        return deleteAddress(namespace, operation.device, { local, peer: local, length });
      }
      case 'route':
        return operation.verb === 'delete'
          ? deleteRoute(namespace, operation.route)
          : changeRoute(namespace, operation.verb, operation.route);
      case 'replace-neighbour':
        return changeNeighbour(namespace, 'replace', operation.neighbour);
      case 'delete-neighbour':
        return deleteNeighbour(namespace, operation);
      case 'replace-fdb':
        return changeFdb(namespace, 'replace', operation.entry);
      case 'delete-fdb':
        return deleteFdb(namespace, operation.entry);
      case 'sysctl':
        return writeSysctl(namespace, operation.path, operation.value);
    }
  }

  private addLink(link: NewLink, peerNamespace: string | undefined): Outcome {
    const peer = link.veth?.peer;
    if (peer === undefined || peerNamespace === undefined) return addLink(this.namespace, link);
    const namespace = this.named(peerNamespace);
    if (namespace === undefined) return refuse(Errno.EINVAL, NO_NAMESPACE);
    return addLink(this.namespace, { ...link, veth: { peer: { ...peer, namespace } } });
  }

  private setLink(device: string, change: LinkSet, toNamespace: string | undefined): Outcome {
    if (toNamespace === undefined) return setLink(this.namespace, device, change);
    const namespace = this.named(toNamespace);
    if (namespace === undefined) return refuse(Errno.EINVAL, NO_NAMESPACE);
    return setLink(this.namespace, device, { ...change, namespace });
  }

  private named(name: string): Namespace | undefined {
    return name === '' ? this.lab.kernel.initial : this.lab.names.get(name);
  }
}

/** iproute2's words, which finds out before the kernel is asked. */
const NO_NAMESPACE = 'argument "netns" is wrong: Invalid "netns" value';
