// Values that rules and filters of rules share: marks with masks, ranges of ports.
import type { Arguments } from '../iproute2/arguments.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';

/** MARK or MARK/MASK. */
export function takeMark(args: Arguments): { mark: number; mask: number | null } {
  const [markText, maskText] = args.value().split('/', 2) as [string, string | undefined];
  const mark = parseUnsigned(markText);
  if (mark === null) args.wrong('fwmark value is invalid\n', markText);
  const mask = maskText === undefined ? null : parseUnsigned(maskText);
  if (maskText !== undefined && mask === null) args.wrong('fwmask value is invalid\n', maskText);
  return { mark: mark ?? 0, mask };
}

/** PORT or FIRST-LAST as sscanf's %hu-%hu reads them; null without a number. */
export function parsePorts(text: string): readonly [number, number] | null {
  const match = /^\s*(\d+)(?:-(\d+))?/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]) & 0xffff;
  return [first, match[2] === undefined ? first : Number(match[2]) & 0xffff];
}

/** FIRST-LAST as sscanf's %u-%u reads them; both are needed. */
export function parseUsers(text: string): readonly [number, number] | null {
  const match = /^\s*(\d+)-\s*(\d+)/.exec(text);
  return match === null ? null : [Number(match[1]) >>> 0, Number(match[2]) >>> 0];
}

/** 64 bits; beyond 2^53 a number is not exact, and never met here. */
export const parseTunnelId = (text: string): number | null => parseUnsigned(text, Number.MAX_SAFE_INTEGER);
