// Operations as a shell script: the line that does on a real kernel what the operation does here.
import type { AddressInfo, FdbInfo, LinkInfo, NeighbourInfo, Outcome, RouteInfo } from '../admin/types.ts';
import { addWords, deleteWords, setWords } from './link-words.ts';
import type { Operation } from './operation.ts';
import type { Port } from './port.ts';
import { addressDeleteWords, addressWords, fdbWords, neighbourWords, routeWords } from './route-words.ts';
import { quoted } from './words.ts';

/** One line, without its end; '' is the initial namespace. */
export function commandOf(namespace: string, operation: Operation): string {
  switch (operation.do) {
    case 'load-module':
      return `modprobe ${quoted(operation.module)}`;
    case 'sysctl':
      return sysctlLine(namespace, operation.path, operation.value);
    case 'replace-fdb':
      return toolLine('bridge', namespace, fdbWords('replace', operation.entry));
    case 'delete-fdb':
      return toolLine('bridge', namespace, fdbWords('delete', operation.entry));
    default:
      return toolLine('ip', namespace, ipWords(operation));
  }
}

type IpOperation = Exclude<Operation, { do: 'load-module' | 'sysctl' | 'replace-fdb' | 'delete-fdb' }>;

function ipWords(operation: IpOperation): string[] {
  switch (operation.do) {
    case 'add-link':
      return addWords(operation.link, operation.peerNamespace);
    case 'set-link':
      return setWords(operation.device, operation.change, operation.toNamespace);
    case 'delete-link':
      return deleteWords(operation.device);
    case 'add-address':
      return addressWords('add', operation.device, operation.address);
    case 'delete-address':
      return addressDeleteWords(operation.device, operation.local, operation.length);
    case 'route':
      return routeWords(operation.verb, operation.route);
    case 'replace-neighbour':
      return neighbourWords('replace', operation.neighbour);
    case 'delete-neighbour':
      return neighbourWords('delete', operation);
  }
}

function toolLine(tool: string, namespace: string, words: readonly string[]): string {
  const where = namespace === '' ? [] : ['-n', quoted(namespace)];
  return [tool, ...where, ...words].join(' ');
}

/**
 * sysctl takes dots for slashes, unless the first separator is a slash: then names may have dots. A kernel without IPv6
 * has no such settings, and needs none.
 */
function sysctlLine(namespace: string, path: string, value: string): string {
  const key = path.includes('.') ? path : path.replaceAll('/', '.');
  const flags = path.startsWith('net/ipv6/') ? '-eqw' : '-qw';
  const line = `sysctl ${flags} ${quoted(`${key}=${value}`)}`;
  return namespace === '' ? line : `ip netns exec ${quoted(namespace)} ${line}`;
}

/** A port that writes down what was done: a refused operation is no line. */
export class ScriptPort implements Port {
  private readonly port: Port;
  private readonly namespace: string;
  private readonly sink: (line: string) => void;

  constructor(port: Port, namespace: string, sink: (line: string) => void) {
    this.port = port;
    this.namespace = namespace;
    this.sink = sink;
  }

  perform(operation: Operation): Outcome {
    const outcome = this.port.perform(operation);
    if (outcome === null) this.sink(commandOf(this.namespace, operation));
    return outcome;
  }

  links(): readonly LinkInfo[] {
    return this.port.links();
  }

  link(name: string): LinkInfo | null {
    return this.port.link(name);
  }

  addresses(device: string): readonly AddressInfo[] {
    return this.port.addresses(device);
  }

  routes(table: number): readonly RouteInfo[] {
    return this.port.routes(table);
  }

  neighbours(device: string): readonly NeighbourInfo[] {
    return this.port.neighbours(device);
  }

  fdb(device: string): readonly FdbInfo[] {
    return this.port.fdb(device);
  }

  sysctl(path: string): string | null {
    return this.port.sysctl(path);
  }
}
