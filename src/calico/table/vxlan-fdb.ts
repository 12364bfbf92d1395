// Felix's VXLANFDB (felix/vxlanfdb): for each remote VTEP a permanent neighbour on the VXLAN device and a forwarding
// entry behind it, and no others. The device does not learn, so without them there is no path.
import { Errno, refuse } from '../../addr/errno.ts';
import type { Ipv4 } from '../../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../../addr/mac.ts';
import { NeighbourFlag, NudState } from '../../admin/neighbour-constants.ts';
import type { Operation } from '../../program/operation.ts';
import type { Failure, Port } from '../../program/port.ts';
import type { Vtep } from '../calc/types.ts';
import { isUsable } from './link-state.ts';

interface Entries {
  /** Who has a tunnel address. */
  readonly neighbours: Map<Ipv4, Mac>;
  /** Behind which node a MAC is. */
  readonly fdb: Map<Mac, Ipv4>;
}

export class VxlanFdb {
  private readonly port: Port;
  private readonly device: string;
  private wanted: readonly Vtep[] = [];
  /** What the device has entries for; null if it has to be asked. */
  private written: readonly Vtep[] | null = null;
  private index = 0;

  constructor(port: Port, device: string) {
    this.port = port;
    this.device = device;
  }

  /** Of all remote nodes; where two claim one address or MAC, the first has it. The list is kept, not copied. */
  set(vteps: readonly Vtep[]): void {
    this.wanted = vteps;
  }

  /** Asks the device at the next apply: it was down, or the time for a refresh has come. */
  resync(): void {
    this.written = null;
  }

  /** What cannot be done now waits for the next time. */
  apply(): Failure[] {
    const link = this.port.link(this.device);
    if (link === null || !isUsable(link)) return this.wait(link === null ? Errno.ENODEV : Errno.ENETDOWN);
    if (link.index !== this.index) this.written = null;
    this.index = link.index;
    if (this.written === this.wanted) return [];
    const failures: Failure[] = [];
    const has = this.written === null ? this.read() : entriesOf(this.written);
    for (const operation of this.difference(has, entriesOf(this.wanted))) {
      const refusal = this.port.perform(operation);
      if (refusal !== null && !isAbsent(operation, refusal.errno)) failures.push({ operation, refusal });
    }
    this.written = failures.length === 0 ? this.wanted : null;
    return failures;
  }

  /** The device is down or not there: its entries are gone or will be read. */
  private wait(errno: Errno): Failure[] {
    this.written = null;
    const first = this.wanted[0];
    if (first === undefined) return [];
    return [{ operation: this.neighbour(first.address, first.mac), refusal: refuse(errno) }];
  }

  private read(): Entries {
    const neighbours = new Map<Ipv4, Mac>();
    for (const { state, destination, lladdr } of this.port.neighbours(this.device))
      if ((state & NudState.PERMANENT) !== 0) neighbours.set(destination, lladdr);
    const fdb = new Map<Mac, Ipv4>();
    for (const entry of this.port.fdb(this.device))
      if ((entry.state & NudState.PERMANENT) !== 0 && entry.mac !== MAC_ZERO)
        fdb.set(entry.mac, entry.destination);
    return { neighbours, fdb };
  }

  /** Deletions first. */
  private difference(has: Entries, wanted: Entries): Operation[] {
    const { device } = this;
    const operations: Operation[] = [];
    for (const destination of has.neighbours.keys())
      if (!wanted.neighbours.has(destination))
        operations.push({ do: 'delete-neighbour', device, destination });
    for (const mac of has.fdb.keys())
      if (!wanted.fdb.has(mac)) operations.push({ do: 'delete-fdb', entry: this.entry(mac) });
    for (const [address, mac] of wanted.neighbours)
      if (has.neighbours.get(address) !== mac) operations.push(this.neighbour(address, mac));
    for (const [mac, destination] of wanted.fdb)
      if (has.fdb.get(mac) !== destination)
        operations.push({ do: 'replace-fdb', entry: { ...this.entry(mac), destination } });
    return operations;
  }

  private neighbour(destination: Ipv4, lladdr: Mac): Operation {
    const { device } = this;
    return { do: 'replace-neighbour', neighbour: { destination, device, lladdr, state: NudState.PERMANENT } };
  }

  /** As `bridge fdb … self permanent` says it. */
  private entry(mac: Mac) {
    return {
      mac,
      device: this.device,
      flags: NeighbourFlag.SELF,
      state: NudState.PERMANENT | NudState.NOARP,
    };
  }
}

function entriesOf(vteps: readonly Vtep[]): Entries {
  const neighbours = new Map<Ipv4, Mac>();
  const fdb = new Map<Mac, Ipv4>();
  for (const { address, mac, parent } of vteps) {
    if (!neighbours.has(address)) neighbours.set(address, mac);
    if (!fdb.has(mac)) fdb.set(mac, parent);
  }
  return { neighbours, fdb };
}

/** It was to be deleted, and is not there. */
const isAbsent = (operation: Operation, errno: number): boolean =>
  (operation.do === 'delete-neighbour' || operation.do === 'delete-fdb') && errno === Errno.ENOENT;
