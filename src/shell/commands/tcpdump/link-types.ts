// Link types by libpcap's names and descriptions.
import {
  LINKTYPE_EN10MB,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_RAW,
  linkTypeName,
} from '../../../capture/record.ts';
import type { Choice } from './devices.ts';
import { LINK_DESCRIPTIONS } from './filter/link.ts';

/** `link-type EN10MB (Ethernet)`, `link-type 147` */
export function linkTypeWords(linkType: number): string {
  const description = LINK_DESCRIPTIONS.get(linkType);
  const words = description === undefined ? '' : ` (${description})`;
  return `link-type ${linkTypeName(linkType)}${words}`;
}

/** Whether frames of this link type can be printed. */
export const isKnownLinkType = (linkType: number): boolean => LINK_DESCRIPTIONS.has(linkType);

/** The number of a name of -y, or -1. */
export function linkTypeByName(name: string): number {
  const upper = name.toUpperCase().replace(/^DLT_/, '');
  for (const linkType of LINK_DESCRIPTIONS.keys()) if (linkTypeName(linkType) === upper) return linkType;
  return -1;
}

/** Link types that a device offers; the first is what it has unless -y says otherwise. */
export function offeredLinkTypes(choice: Choice): readonly number[] {
  if (choice === 'any') return [LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2];
  return choice.headerLength === 0 ? [LINKTYPE_RAW] : [LINKTYPE_EN10MB];
}

const DOCSIS_LINE = '  DOCSIS (DOCSIS) (printing not supported)\n';

/** The lines of -L. */
export function linkTypeLines(choice: Choice): string {
  const name = choice === 'any' ? 'any' : choice.name;
  const lines = offeredLinkTypes(choice).map(
    (linkType) => `  ${linkTypeName(linkType)} (${LINK_DESCRIPTIONS.get(linkType)})\n`,
  );
  // An Ethernet device may be a cable modem's; the loopback device is not.
  if (choice !== 'any' && choice.headerLength > 0 && !choice.loopback) lines.push(DOCSIS_LINE);
  return `Data link types for ${name} (use option -y to set):\n${lines.join('')}`;
}
