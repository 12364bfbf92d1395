// The second reading of several captures: packets on their way from one interface to another.

import type { Mac } from '../addr/mac.ts';
import { mergedBatches } from '../capture/merge.ts';
import type { CaptureInfo, CaptureRecord } from '../capture/record.ts';
import type { Lab } from '../lab/lab.ts';
import { CaptureSpan, clockOffsets, timeOf } from '../replay/clock-offset.ts';
import type { ClockOffset, Followed } from '../replay/followed.ts';
import { Follower, type Place } from '../replay/follower.ts';
import { type Frame, frameOf } from '../replay/frame.ts';
import { Itineraries, vxlanPortsOf } from '../replay/itinerary.ts';
import { directionByMac } from '../replay/vantage.ts';
import { readCaptures } from './replay-input.ts';
import { type Interface, interfaceOf, type VantagePlan } from './replay-plan.ts';

const NO_SOURCE = { fcsLength: 0 };

/** What the first reading learns of a vantage point's captures. */
export class FirstReading {
  readonly span = new CaptureSpan();
  /** Of the interface, in the capture; known at the end. */
  mac: Mac | null = null;
  private readonly linkLength: number;
  private readonly isVxlanPort: (port: number) => boolean;

  constructor(lab: Lab, { device }: Interface) {
    this.linkLength = device.headerLength;
    this.isVxlanPort = vxlanPortsOf(lab);
  }

  add(records: readonly CaptureRecord[], info: CaptureInfo): void {
    for (const record of records)
      this.span.add(record, frameIn(record, info, this.linkLength)?.frame ?? null, this.isVxlanPort);
  }
}

function frameIn(record: CaptureRecord, { interfaces }: CaptureInfo, linkLength: number) {
  const framed = frameOf(record, linkLength, (interfaces[record.interface] ?? NO_SOURCE).fcsLength);
  return 'why' in framed ? null : framed;
}

export interface FollowOptions {
  readonly plans: readonly VantagePlan[];
  readonly readings: readonly FirstReading[];
  /** A lab of its own: packets are sent through the whole of it. */
  readonly lab: Lab;
  readonly examples: number;
  /** Called for packets and bytes as they are read. */
  readonly onPackets: (count: number) => void;
  readonly onBytes: (count: number) => void;
}

export async function followPackets(options: FollowOptions): Promise<Followed> {
  const { plans, readings, onBytes, onPackets } = options;
  const spans = readings.map(({ span }) => span);
  const clocks = clockOffsets(
    plans.map(({ at }) => at),
    spans,
  );
  const ahead = clocks.map((clock) => clock.ahead);
  const devices = plans.map(({ at }) => (interfaceOf(options.lab, at) as Interface).device);
  const follower = followerOf(options, clocks, devices);
  const numbers = plans.map(() => 0);
  for await (const { file, records, info } of mergedBatches(
    plans.map((plan) => readCaptures(plan, onBytes)),
    ahead,
  )) {
    const device = devices[file]!;
    for (const record of records) {
      const number = plans[file]!.captures.length > 1 ? ++numbers[file]! : record.number;
      const framed = frameIn(record, info, device.headerLength);
      if (framed === null) continue;
      const { frame, direction } = framed;
      const outgoing = isOutgoing(frame, direction, readings[file]!.mac);
      // It may be told of long after its record.
      follower.add(file, number, timeOf(record) - ahead[file]!, frame.copy(), outgoing);
    }
    onPackets(records.length);
  }
  return follower.end();
}

function followerOf(
  { plans, readings, lab, examples }: FollowOptions,
  clocks: readonly ClockOffset[],
  devices: Place['device'][],
): Follower {
  const places = plans.map(({ at }, i): Place => {
    const { span } = readings[i]!;
    const { ahead } = clocks[i]!;
    return { at, device: devices[i]!, span: { begin: span.begin - ahead, end: span.end - ahead } };
  });
  const depth = Math.min(...readings.map(({ span }) => span.depth));
  return new Follower({ places, itineraries: new Itineraries(lab, devices), clocks, depth, examples });
}

function isOutgoing(frame: Frame, said: 'in' | 'out' | null, mac: Mac | null): boolean | null {
  const direction = said ?? directionByMac(frame, mac);
  return direction === null ? null : direction === 'out';
}
