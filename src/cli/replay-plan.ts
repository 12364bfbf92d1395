// What `vrouter replay` is asked to do: which captures were taken at which interfaces.
import type { Lab } from '../lab/lab.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Wrong } from './wrong.ts';

/** A vantage point by its words. */
export interface VantagePlan {
  /** `node1:eth0`; without a namespace, the initial one. */
  readonly at: string;
  /** Of one interface: pieces in any order. */
  readonly captures: readonly string[];
}

/** The interface that a vantage point names, in a lab. */
export interface Interface {
  readonly namespace: Namespace;
  readonly device: Device;
}

export const STANDARD_INPUT = '-';

/**
 * The words of `--at`, `NODE:IFACE` or `NODE:IFACE=CAPTURE`, and the other captures, which belong to the one interface
 * that has none of its own.
 */
export function planVantages(words: readonly string[], captures: readonly string[]): VantagePlan[] | Wrong {
  const plans = new Map<string, string[]>();
  for (const word of words) {
    const [at, capture] = splitWord(word);
    if (at === '') return { wrong: `--at ${word}: it names no interface` };
    if (capture === '') return { wrong: `--at ${word}: there is no capture behind =` };
    const known = plans.get(at) ?? [];
    if (capture !== null) known.push(capture);
    plans.set(at, known);
  }
  return withOthers(plans, captures);
}

function splitWord(word: string): [at: string, capture: string | null] {
  const sign = word.indexOf('=');
  return sign < 0 ? [word, null] : [word.slice(0, sign), word.slice(sign + 1)];
}

function withOthers(
  plans: ReadonlyMap<string, string[]>,
  captures: readonly string[],
): VantagePlan[] | Wrong {
  const without = [...plans].filter(([, own]) => own.length === 0).map(([at]) => at);
  if (without.length > 1)
    return {
      wrong: `${without.join(' and ')} have no capture: --at ${without[0]}=CAPTURE says which is whose`,
    };
  const [open] = without;
  if (open === undefined && captures.length > 0)
    return { wrong: `${captures[0]}: of which interface? Every --at has a capture of its own` };
  if (open !== undefined && captures.length === 0) return { wrong: `no capture is given for ${open}` };
  if (open !== undefined) plans.get(open)?.push(...captures);
  return checkInput([...plans].map(([at, own]) => ({ at, captures: own })));
}

/** Standard input can be read only once, and what is followed is read twice. */
function checkInput(plans: VantagePlan[]): VantagePlan[] | Wrong {
  const inputs = plans.flatMap(({ captures }) => captures).filter((name) => name === STANDARD_INPUT);
  if (inputs.length > 1) return { wrong: 'standard input is given more than once' };
  if (inputs.length > 0 && plans.length > 1)
    return { wrong: 'captures of several interfaces are read twice: standard input cannot be one of them' };
  return plans;
}

/** The interface that the words `node1:eth0` name. */
export function interfaceOf(lab: Lab, at: string): Interface | Wrong {
  const colon = at.indexOf(':');
  const host = colon < 0 ? '' : at.slice(0, colon);
  const name = at.slice(colon + 1);
  const namespace = host === '' ? lab.kernel.initial : lab.names.get(host);
  if (namespace === undefined)
    return {
      wrong: `the lab has no namespace ${host}; it has ${[...lab.names.keys()].join(', ') || 'none'}`,
    };
  const device = namespace.names.get(name);
  if (device !== undefined) return { namespace, device };
  const place = host === '' ? 'the initial namespace' : host;
  return { wrong: `${place} has no interface ${name}; it has ${[...namespace.names.keys()].join(', ')}` };
}
