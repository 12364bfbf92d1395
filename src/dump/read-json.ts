// JSON documents of `ip -j`, `bridge -j`: lists of objects, told apart by their fields.
import { isIpv6 } from '../addr/ipv6.ts';
import { addressOf } from './address.ts';
import type { Collector } from './collector.ts';
import { isObject, type Json, type Reading } from './fields.ts';
import { linkFrom } from './link.ts';
import { fdbOf, neighbourOf } from './neighbour.ts';
import type { Section } from './node-dump.ts';
import { routeOf } from './route.ts';
import { ruleOf } from './rule.ts';

/** What an object is a line of; null if it is nothing of ours. */
function sectionOf(record: Json): Section | 'lookup' | null {
  if ('mac' in record) return 'fdb';
  if ('priority' in record && ('src' in record || 'table' in record)) return 'rule';
  if ('ifname' in record || 'addr_info' in record) return 'link';
  if ('cache' in record || 'uid' in record) return 'lookup';
  if ('lladdr' in record || 'state' in record || 'proxy' in record) return 'neighbour';
  return 'dst' in record ? 'route' : null;
}

/** The words that each section's objects use for what the command's filter left out. */
const FILTER_KEYS: Readonly<Record<string, string>> = { dev: 'dev', via: 'gateway', proto: 'protocol' };

const withHidden = (record: Json, section: Section, hidden: Hidden): Json => {
  const given = hidden.map(([word, value]) => [
    section === 'fdb' && word === 'dev' ? 'ifname' : (FILTER_KEYS[word] ?? word),
    value,
  ]);
  return { ...Object.fromEntries(given), ...record };
};

type Hidden = readonly (readonly [word: string, value: string])[];

/** `-6` prints no family: an address shows it. */
const isOfIpv6 = (record: Json): boolean =>
  ['dst', 'gateway', 'src'].some((key) => {
    const value = record[key];
    return typeof value === 'string' && isIpv6(value.split('/')[0] as string);
  }) || isObject(record.via);

/** Takes one object; what is wrong with it, '' for nothing. */
export function takeRecord(record: Json, into: Collector, hidden: Hidden): string {
  const section = sectionOf(record);
  if (section === null) return Object.keys(record).length === 0 ? '' : 'not an object of ip or bridge';
  if (section === 'lookup') into.skipped.lookups++;
  else if (section === 'link') return takeLink(record, into);
  else if (isOfIpv6(record)) into.skipped.ipv6++;
  else return takeOf(section, withHidden(record, section, hidden), into);
  return '';
}

/** Takes an object of a section that is known; what is wrong with it, '' for nothing. */
export function takeOf(section: Section, record: Json, into: Collector): string {
  switch (section) {
    case 'route':
      return take(routeOf(record), (route) => into.route(route));
    case 'rule':
      return take(ruleOf(record), (rule) => into.rule(rule));
    case 'neighbour':
      return take(neighbourOf(record), (entry) => into.neighbour(entry));
    case 'fdb':
      return take(fdbOf(record), (entry) => into.forwarding(entry));
    default:
      return takeLink(record, into);
  }
}

function take<T>(result: Reading<T>, put: (value: T) => void): string {
  if ('wrong' in result) return result.wrong;
  put(result.value);
  return '';
}

export function takeLink(record: Json, into: Collector): string {
  const name = String(record.ifname ?? '');
  let wrong = take(linkFrom(record), (link) => into.link(link));
  const addresses = Array.isArray(record.addr_info) ? record.addr_info.filter(isObject) : [];
  for (const address of addresses)
    if (address.family === 'inet6' || isIpv6(String(address.local))) into.skipped.ipv6++;
    else wrong ||= takeAddress(address, name, into);
  into.cover({ section: 'link', device: name, table: 0 });
  if (record.addr_info !== undefined) into.cover({ section: 'address', device: name, table: 0 });
  return wrong;
}

/** An empty object stands for an address that a filter left out. */
export const takeAddress = (record: Json, device: string, into: Collector): string =>
  Object.keys(record).length === 0 ? '' : take(addressOf(record, device), (address) => into.address(address));
