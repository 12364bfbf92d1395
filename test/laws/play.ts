// Plays a random lab: frames and changes in any order, with the books kept and every frame written down.
import type { Ipv4 } from '../../src/addr/ipv4.ts';
import { setSegmentFaults } from '../../src/admin/segment-faults.ts';
import { runQueues } from '../../src/ip/stack.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab as Machine } from '../../src/lab/lab.ts';
import { transmit } from '../../src/link/transmit.ts';
import type { Device, Tap } from '../../src/netns/device.ts';
import type { Packet } from '../../src/packet/packet.ts';
import { openPrompt, type Prompt } from '../../src/shell/prompt.ts';
import { TraceCollector } from '../../src/trace/trace-collector.ts';
import type { Input } from '../parity/case.ts';
import { type Draw, sample } from '../parity/draw.ts';
import { drawLab, type Lab } from '../parity/lab.ts';
import { drawTraffic } from '../parity/traffic.ts';
import { drawChange } from './changes.ts';
import { Ledger } from './ledger.ts';

const SECOND = 1_000_000;
/** Packets of one step. */
const BURST = 6;

type Step =
  | { readonly kind: 'frames'; readonly inputs: readonly Input[]; readonly settles: boolean }
  | { readonly kind: 'line'; readonly line: string; readonly atOnce: boolean }
  | {
      readonly kind: 'faults';
      readonly host: string;
      readonly faults: Parameters<typeof setSegmentFaults>[2];
    }
  | { readonly kind: 'wait'; readonly seconds: number };

function drawStep(draw: Draw, lab: Lab): Step {
  const kind = draw.int(1, 100);
  if (kind <= 45) return { kind: 'frames', inputs: drawTraffic(draw, lab, BURST), settles: draw.chance(50) };
  if (kind <= 55) return { kind: 'wait', seconds: draw.pick([0, 0.01, 1, 4, 35]) };
  if (kind > 58) return { kind: 'line', line: drawChange(draw, lab), atOnce: draw.chance(50) };
  const faults = draw.pick([
    null,
    { dropProtocols: [draw.pick([1, 4, 17])] },
    { mtu: draw.pick([100, 600, 1400]), icmp: draw.pick(['answer', 'swallow'] as const) },
    { checkSource: new Map<string, readonly Ipv4[]>([['eth0', []]]) },
  ]);
  return { kind: 'faults', host: draw.pick(lab.hosts).name, faults };
}

const drawn = <T>(seed: number, build: (draw: Draw) => T): T => sample(seed, 1, build)[0]!;

/** How a lab is played. */
interface Manner {
  /** False: every packet is asked about anew. */
  readonly flowCache?: boolean;
  /** How often each frame is sent, one after the other: what is known of a kind of packets is used from the third on. */
  readonly times?: number;
  /** How often it is sent so often, alone in the machine each time: as many as may go through all hops at once. */
  readonly bursts?: number;
  /** No device has a listener; `frames` as they leave a queue, or none. */
  readonly unwatched?: 'by queue' | 'at all';
}

export class Play implements Tap {
  readonly lab: Lab;
  readonly machine: Machine;
  readonly ledger: Ledger;
  /** Each frame that any device saw: when, where, which way, and its bytes. */
  readonly frames: string[] = [];
  /** What the lines printed. */
  printed = '';
  private prompt!: Prompt;
  private collector: TraceCollector | null = null;
  private readonly manner: Manner;

  private constructor(lab: Lab, seed: number, manner: Manner) {
    this.lab = lab;
    this.manner = manner;
    this.machine = createLab({ seed, flowCache: manner.flowCache });
    this.ledger = new Ledger(this.machine);
    if (manner.unwatched) {
      this.settleUnwatched();
      return;
    }
    this.machine.kernel.deviceListeners.push({
      deviceEvent: (device, event) => {
        if (event === 'register') device.taps = [this];
      },
    });
  }

  /** The lab that `seed` draws, built, with nothing wrong. */
  static async open(seed: number, limits = {}, manner: Manner = {}): Promise<Play> {
    const play = new Play(drawn(seed, drawLab), seed, manner);
    play.prompt = await openPrompt({
      lab: play.machine,
      isTerminal: false,
      limits,
      sink: (_, bytes) => {
        play.printed += new TextDecoder().decode(bytes);
      },
    });
    await play.run(['modprobe ipip', ...play.lab.hosts.map(({ name }) => `ip netns add ${name}`)].join('\n'));
    await play.run(play.lab.lines.join('\n'));
    await play.run('sleep 3');
    return play;
  }

  frame(device: Device, packet: Packet, outgoing: boolean): void {
    const { clock } = this.machine.kernel;
    const bytes = packet.data();
    this.frames.push(
      `${clock.now} ${device.namespace.name} ${device.name} ${outgoing} ${Buffer.from(bytes).toString('hex')}`,
    );
  }

  async run(line: string): Promise<void> {
    this.printed += `$ ${line}\n`;
    await this.prompt.run(line);
  }

  /** What `line` prints. */
  async output(line: string): Promise<string> {
    const before = this.printed.length;
    await this.prompt.run(line);
    return this.printed.slice(before);
  }

  /** What the step is follows from `seed` and the lab alone. */
  async step(seed: number): Promise<void> {
    const step = drawn(seed, (draw) => drawStep(draw, this.lab));
    if (step.kind === 'line') await this.change(step.line, step.atOnce);
    else if (step.kind === 'wait') this.wait(step.seconds);
    else if (step.kind === 'frames') {
      for (const input of step.inputs) this.sendAgain(input);
      if (step.settles) this.machine.settle();
    } else {
      const namespace = this.machine.names.get(step.host);
      if (namespace?.names.get('br0')?.bridge) setSegmentFaults(namespace, 'br0', step.faults);
    }
  }

  private sendAgain(input: Input): void {
    const { times = 1, bursts } = this.manner;
    for (let burst = bursts ?? 1; burst > 0; burst--) {
      for (let left = times; left > 0; left--) this.send(input);
      if (bursts !== undefined) this.machine.settle();
    }
  }

  /** A shell lets the machine settle before each command; a change `atOnce` comes while packets are in its queues. */
  private async change(line: string, atOnce: boolean): Promise<void> {
    if (!atOnce || line.includes(' ping ')) return this.run(line);
    this.machine.settle = () => {};
    await this.run(line);
    Reflect.deleteProperty(this.machine, 'settle');
    if (this.manner.unwatched) this.settleUnwatched();
  }

  private settleUnwatched(): void {
    if (this.manner.unwatched === 'at all') return;
    this.machine.settle = () =>
      runQueues(this.machine.kernel, (device, packet) => {
        this.frame(device, packet, false);
        return false;
      });
  }

  wait(seconds: number): void {
    this.machine.runUntil(this.machine.kernel.clock.now + seconds * SECOND);
  }

  /**
   * Every namespace goes, and every device of the initial one. A question that a proxy answers late ends when its time
   * comes.
   */
  async end(): Promise<void> {
    await this.run('ip -all netns delete; for d in $(ls /sys/class/net); do ip link del $d; done');
    this.wait(2);
    await this.prompt.close();
  }

  /** From now on every frame that is sent is followed, and every decision about it explained. */
  follow(): TraceCollector {
    this.collector = new TraceCollector(this.machine);
    return this.collector;
  }

  private send({ at, frame }: Input): void {
    const namespace = this.machine.names.get(at.host);
    const device = namespace?.names.get(at.device);
    if (namespace === undefined || device === undefined) return;
    const packet = this.machine.kernel.pool.from(frame);
    if (this.collector !== null) packet.trace = this.collector.follow(namespace, null).trace;
    transmit(device, packet);
  }
}
