// Words that the verbs of `bridge fdb` share.
import { type Mac, mac } from '../../../addr/mac.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { leadingInteger } from '../iproute2/numbers.ts';
import { FDB_USAGE } from './usage.ts';

/** sscanf "%hhx:%hhx:…": six hexadecimal numbers, of which the last octet counts; what follows is not looked at. */
export function parseHardwareAddress(text: string): Mac | null {
  const parts = /^((?:\s*(?:0x)?[0-9a-f]+:){5}\s*(?:0x)?[0-9a-f]+)/i.exec(text)?.[1]?.split(':');
  if (parts === undefined) return null;
  return mac(parts.reduce((value, part) => value * 256 + (Number.parseInt(part, 16) & 0xff), 0));
}

/** `vlan VID` once, -1 before. */
export function takeVlan(words: { vlan: number }, args: Arguments): void {
  if (words.vlan >= 0) args.garbage('vlan', args.word);
  words.vlan = (leadingInteger(args.value()) << 16) >> 16;
}

/** `[to] ADDRESS` once. */
export function takeAddressWord(words: { address: string | null }, args: Arguments): void {
  const text = args.is('to') ? args.value() : args.word;
  if (args.begins('help')) args.usage(FDB_USAGE);
  else if (words.address !== null) args.garbage('to', text);
  else words.address = text;
}
