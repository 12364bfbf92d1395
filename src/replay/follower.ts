// Follows packets from one vantage point to the next. Their captures come in order of time, by clocks that agree.
import type { Device } from '../netns/device.ts';
import type { Dissection } from '../trace/dissect.ts';
import { packetText, protocolName } from '../trace/packet-text.ts';
import * as ip from '../wire/ipv4.ts';
import type { ClockOffset, Followed } from './followed.ts';
import type { Frame } from './frame.ts';
import { hashFlow, type Identity, identify, outermost } from './identity.ts';
import type { Itineraries, Passage } from './itinerary.ts';
import { type Common, type Kind, Lane, type Sighting } from './lane.ts';
import { hostName } from './outcome.ts';
import { isOffloaded } from './outside.ts';

/** Bytes of a packet from which it is told: two IPv4 headers with all options, and what is behind them. */
const HEAD = 160;
/** Packets between two looks for those that waited too long. */
const STRIDE = 256;

/** One end of the lanes: an interface that was captured at. */
export interface Place {
  /** `node1:eth0`. */
  readonly at: string;
  readonly device: Device;
  /** Microseconds of its first and last packet, by the first capture's clock. */
  readonly span: Common;
}

export interface FollowerOptions {
  readonly places: readonly Place[];
  readonly itineraries: Itineraries;
  readonly clocks: readonly ClockOffset[];
  /** Bytes of payload that all captures show; negative if some do not even show which packet is in a tunnel. */
  readonly depth: number;
  /** Packets that are named for each loss. */
  readonly examples: number;
}

export class Follower {
  private readonly options: FollowerOptions;
  private readonly lanes = new Map<number, Lane>();
  /** Flows whose packets are cut or glued by cards: they are others on their way. */
  private readonly offloaded = new Set<number>();
  private latest = 0;
  private stride = 0;
  private offloadedPackets = 0;
  private cut = 0;
  private astray = 0;

  constructor(options: FollowerOptions) {
    this.options = options;
  }

  /** A packet at vantage point `place`; `outgoing` is null if nobody knows. */
  add(place: number, number: number, time: number, frame: Frame, outgoing: boolean | null): void {
    this.latest = Math.max(this.latest, time);
    if (++this.stride % STRIDE === 0) this.expire(this.latest);
    const { itineraries, depth } = this.options;
    if (depth < 0) {
      this.cut++;
      return;
    }
    const identity = identify(frame, depth, itineraries.isVxlanPort);
    if (identity === null) return;
    const flow = hashFlow(frame.view, identity.found);
    if (this.isOffloaded(place, frame, flow)) return;
    this.cross(place, outgoing, { ...sightingOf(frame, identity), number, time, flow });
  }

  private isOffloaded(place: number, frame: Frame, flow: number): boolean {
    if (isOffloaded(frame, this.options.places[place]!.device)) this.offloaded.add(flow);
    if (!this.offloaded.has(flow)) return false;
    this.offloadedPackets++;
    return true;
  }

  private cross(place: number, outgoing: boolean | null, sighting: Sighting & Told): void {
    const way = this.options.itineraries.wayOf(sighting.frame, sighting.identity, place, outgoing);
    const here = way.findIndex(
      (passage) => passage.place === place && (outgoing === null || passage.outgoing === outgoing),
    );
    if (here < 0) {
      this.astray++;
      return;
    }
    this.addTo(way[here - 1], way[here]!, sighting, false);
    this.addTo(way[here], way[here + 1], sighting, true);
  }

  private addTo(
    from: Passage | undefined,
    to: Passage | undefined,
    sighting: Sighting,
    isStart: boolean,
  ): void {
    if (from === undefined || to === undefined || from.place === to.place) return;
    this.laneOf(from.place, to.place).add(sighting, isStart);
  }

  private laneOf(from: number, to: number): Lane {
    const { places, examples } = this.options;
    const key = from * places.length + to;
    const known = this.lanes.get(key);
    if (known !== undefined) return known;
    const [start, end] = [places[from]!, places[to]!];
    const names = { from: start.at, to: end.at, fromHost: hostOf(start), toHost: hostOf(end) };
    const made = new Lane(names, commonOf(start.span, end.span), examples);
    this.lanes.set(key, made);
    return made;
  }

  private expire(time: number): void {
    for (const lane of this.lanes.values()) lane.expire(time, (flow) => this.offloaded.has(flow));
  }

  /** All captures are over. */
  end(): Followed {
    this.expire(Number.POSITIVE_INFINITY);
    const ways = [...this.lanes.values()].map((lane) => lane.way());
    return { ways, clocks: this.options.clocks.slice(1), notes: this.notes(ways.length) };
  }

  private notes(ways: number): string[] {
    const notes: string[] = [];
    if (ways === 0 && this.cut === 0)
      notes.push('by the model no packet of these captures goes from one interface to another');
    if (this.offloadedPackets > 0)
      notes.push(`${this.offloadedPackets} packets are of flows with segments for offload: not followed`);
    if (this.cut > 0)
      notes.push('a capture is cut too short for packets to be known again: none is followed');
    if (this.astray > 0)
      notes.push(`${this.astray} packets are where the model never leads them: not followed`);
    return notes;
  }
}

const hostOf = ({ device }: Place): string => hostName(device.namespace);

const commonOf = (a: Common, b: Common): Common => ({
  begin: Math.max(a.begin, b.begin),
  end: Math.min(a.end, b.end),
});

// ---- what is kept of a packet --------------------------------------------------------------------------------------

/** The packet itself, while it is added. */
interface Told {
  readonly frame: Frame;
  readonly identity: Identity;
}

function sightingOf(frame: Frame, identity: Identity): Pick<Sighting, 'hash' | 'kind' | 'text'> & Told {
  const text = headText(frame, identity.found);
  return { hash: identity.hash, kind: kindOf(frame.view, identity.found), text, frame, identity };
}

/** The words, from a copy of the packet's head: a view would keep the whole piece of the capture. */
function headText({ bytes }: Frame, { network, end }: Dissection): () => string {
  const head = bytes.slice(network, Math.min(bytes.length, network + HEAD));
  const found = { tunnels: [], link: -1, etherType: 0x0800, network: 0, end: end - network };
  return () => packetText(new DataView(head.buffer), found);
}

/** What the network sees of it. */
function kindOf(view: DataView, found: Dissection): Kind {
  const at = outermost(found);
  const [source, destination] = [ip.source(view, at), ip.destination(view, at)];
  return { what: kindText(view, found), source, destination };
}

function kindText(view: DataView, { tunnels, network }: Dissection): string {
  const [outer] = tunnels;
  if (outer === undefined) return protocolName(ip.protocol(view, network));
  if (outer.kind === 'ipip') return 'IPIP (protocol 4)';
  const port = view.getUint16(outer.at + ip.headerLength(view, outer.at) + 2);
  return `VXLAN (UDP port ${port})`;
}
