// A step in a line for people; the same words stand in the comments of a capture.
import type { EncapsulateStep, End, NeighbourStep, RouteStep, Step } from './trace-types.ts';

const MODES = { ipip: 'IPIP', vxlan: 'VXLAN' } as const;

/** The initial namespace has no name. */
export const hostText = (host: string): string => (host === '' ? 'the initial namespace' : host);

function routeText({ direction, route, rule, table, destination, cache }: RouteStep): string {
  if (route === null) return rule === null ? `no route for ${destination}` : `refused by rule ${rule}`;
  const words = [direction === 'outer' ? `outer route ${route}` : `route ${route}`];
  if (rule !== null) words.push(`by rule ${rule}`);
  else if (table !== 'main' && table !== 'local' && !route.includes(' table ')) words.push(`table ${table}`);
  if (cache !== null) words.push(cache);
  return words.join(', ');
}

function neighbourText({ entry, how, questions, answeredBy, proxy }: NeighbourStep): string {
  const asked = questions === 1 ? 'asked once' : `asked ${questions} times`;
  if (how === 'known') return `neighbour ${entry}`;
  if (how === 'asked') return `neighbour ${entry}: waits for an answer to ARP`;
  if (how === 'failed' && questions === 0) return `neighbour ${entry}: it could not be asked`;
  if (how === 'failed') return `neighbour ${entry}: ${asked} by ARP, nobody answered`;
  const who = answeredBy === null ? '' : `, ${answeredBy} answered${proxy ? ' as a proxy' : ''}`;
  return `neighbour ${entry}: ${asked} by ARP${who}`;
}

/** What is to be said of a step, the first line first. */
export function stepLines(step: Step): string[] {
  const [first, ...more] = linesOf(step);
  return [step.times > 1 ? `${first} (${step.times} times)` : (first as string), ...more];
}

function linesOf(step: Step): string[] {
  switch (step.kind) {
    case 'receive':
      return [`received by ${step.device}`];
    case 'send':
      return [step.to === '' ? `sent by ${step.device}` : `sent by ${step.device} to ${step.to}`];
    case 'source':
      return [`source ${step.source} accepted: ${step.sysctl}, the way back is ${step.route ?? 'no route'}`];
    case 'route':
      return step.lost === null ? [routeText(step)] : [routeText(step), `lost to it: ${step.lost}`];
    case 'forward':
      return [`forwarded: ${step.sysctl}, TTL ${step.ttl[0]} to ${step.ttl[1]}`];
    case 'neighbour':
      return [neighbourText(step), ...step.notes];
    case 'pathMtu':
      return [`learnt for ${step.destination}: cache mtu ${step.mtu}`];
    case 'encapsulate':
      return encapsulateLines(step);
    default:
      return [linkText(step)];
  }
}

function encapsulateLines(step: EncapsulateStep): string[] {
  const id = step.mode === 'vxlan' ? ` vni ${step.vni} port ${step.port}` : '';
  const flags = `TTL ${step.ttl}, ${step.df ? 'DF' : 'no DF'}`;
  return [
    `encapsulated by ${step.device}, ${MODES[step.mode]}${id}: +${step.bytes} bytes = ${step.length}, outer ${step.source} > ${step.destination}, ${flags}`,
    `outer source ${step.source}: ${step.sourceFrom}`,
  ];
}

type LinkStep = Exclude<
  Step,
  { kind: 'receive' | 'send' | 'source' | 'route' | 'forward' | 'neighbour' | 'pathMtu' | 'encapsulate' }
>;

function linkText(step: LinkStep): string {
  switch (step.kind) {
    case 'mtu': {
      const compared = `${step.size} ${step.verdict === 'fits' ? '<=' : '>'} ${step.mtu}, the MTU of ${step.device}`;
      if (step.verdict === 'fits') return compared;
      return step.verdict === 'too big'
        ? `${compared}, and DF is set: fragmentation needed`
        : `${compared}: cut into ${step.pieces} fragments`;
    }
    case 'fdb':
      return step.entry === null
        ? `${step.device} has no forwarding entry for ${step.mac}`
        : `fdb of ${step.device}: ${step.entry}`;
    case 'bridge':
      return bridgeText(step);
    case 'decapsulate':
      return `unwrapped by ${step.device}, ${MODES[step.mode]}: outer ${step.source} > ${step.destination}`;
    case 'reassemble':
      return `reassembled from ${step.pieces} fragments: ${step.length} bytes`;
    case 'icmp':
      return `ICMP ${step.message} sent to ${step.to}`;
    case 'drop':
      return `dropped: ${step.why} (${step.reason})`;
    case 'deliver':
      return `delivered to ${step.to}`;
  }
}

function bridgeText({ bridge, mac, entry, ports, local }: Extract<Step, { kind: 'bridge' }>): string {
  const places = [...ports, ...(local ? [`${bridge} itself`] : [])].join(', ') || 'nobody';
  return entry === null
    ? `bridge ${bridge} does not know ${mac}: flooded to ${places}`
    : `bridge ${bridge}, fdb ${entry}: to ${places}`;
}

/** How a packet ended, in a sentence without its full stop. */
export function endText(end: End): string {
  const place = hostText(end.host);
  switch (end.kind) {
    case 'delivered':
      return `delivered at ${place} to ${end.to}`;
    case 'refused':
      return `came to ${place}, where ${end.why} (${end.reason})`;
    case 'dropped':
      return `dropped at ${place}${end.device === '' ? '' : ` by ${end.device}`}: ${end.why} (${end.reason})`;
    case 'unsent':
      return `not sent by ${place}: ${end.message} (errno ${end.errno}), ${end.why}`;
    case 'unfinished':
      return `still at ${place} when the trace ended`;
  }
}
