// Values behind keywords, each with the words that iproute2 refuses a wrong one with.
import { type Mac, mac } from '../../../addr/mac.ts';
import type { Arguments } from './arguments.ts';
import { parseInteger, parseUnsigned, scanInteger } from './numbers.ts';
import { abbreviates, Family } from './options.ts';
import { parseAddress } from './prefix.ts';

/** A value that `parse` understands, or `message`. */
export function parsed<V>(args: Arguments, parse: (text: string) => V | null, message: string, none: V): V {
  const text = args.value();
  if (args.failure !== 0) return none;
  const value = parse(text);
  if (value !== null) return value;
  args.wrong(message, text);
  return none;
}

export const unsigned = (args: Arguments, message: string, limit = 0xffffffff): number =>
  parsed(args, (text) => parseUnsigned(text, limit), message, 0);

export const integer = (args: Arguments, message: string): number => parsed(args, parseInteger, message, 0);

/** `on` or `off` in full, as `ip link set … arp` takes them. */
export function onOff(args: Arguments, name: string): boolean {
  const text = args.value();
  if (text !== 'on' && text !== 'off')
    args.fail(`Error: argument of "${name}" must be "on" or "off", not "${text}"`);
  return text === 'on';
}

/** parse_on_off: abbreviations too; a wrong word ends with `status` (-EINVAL where the caller returns it). */
export function parseOnOff(args: Arguments, name: string, status: number, exits = false): boolean {
  const text = args.value();
  if (args.failure !== 0) return false;
  if (abbreviates(text, 'off')) return false;
  if (abbreviates(text, 'on')) return true;
  const line = `Error: argument of "${name}" must be one of "off", "on", not "${text}"`;
  args.stop(exits ? args.session.exit(line, status) : args.session.fail(line, status));
  return false;
}

/** A link-layer address of any length (ll_addr_a2n). */
export interface LinkAddress {
  bytes: number;
  value: Mac;
}

/** Hexadecimal numbers with colons between, or an IPv4 address for a tunnel; the part that is neither, if one is. */
export function parseLinkAddress(text: string, limit = 32): LinkAddress | string {
  if (text.includes('.')) {
    const address = parseAddress(text, Family.INET);
    return address === null ? text : { bytes: 4, value: mac(address.address >>> 0) };
  }
  const parts = text.split(':').slice(0, limit);
  let value = 0;
  for (const part of parts) {
    const octet = scanInteger(part, 16);
    if (octet === null || octet.value < 0 || octet.value > 255) return part;
    value = value * 256 + octet.value;
  }
  return { bytes: parts.length, value: mac(value) };
}

export function linkAddress(args: Arguments): LinkAddress {
  const address = parseLinkAddress(args.value());
  if (typeof address !== 'string') return address;
  args.fail(`"${address}" is invalid lladdr.`);
  return { bytes: 0, value: mac(0) };
}

/** Longest name of a device (IFNAMSIZ - 1). */
export const NAME_LENGTH = 15;

/** check_altifname: a name without blanks and slashes. */
export const isAlternativeName = (text: string): boolean => text !== '' && !/[\s/]/.test(text);

/** check_ifname. */
export const isDeviceName = (text: string): boolean => text.length <= NAME_LENGTH && isAlternativeName(text);

/** A name that check_ifname lets pass. */
export function deviceName(args: Arguments, message: string): string {
  const text = args.value();
  if (args.failure === 0 && !isDeviceName(text)) args.wrong(message, text);
  return text;
}
