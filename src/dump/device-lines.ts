// The lines about devices: the head of one, what follows it, and the forms that have a device on each line.
import { isIpv6 } from '../addr/ipv6.ts';
import { parseMac } from '../addr/mac.ts';
import { addressRecord } from './address.ts';
import type { Collector } from './collector.ts';
import type { Json } from './fields.ts';
import { type LinkDraft, linkHead, otherEnd, takeLinkLine } from './link-text.ts';
import { interfaceHead, interfaceLine } from './net-tools.ts';
import type { Section } from './node-dump.ts';
import { takeAddress, takeLink } from './read-json.ts';
import { parsePrefix } from './route.ts';
import { isPrefixWord } from './shapes.ts';

/** What reads the file around them. */
export interface Surroundings {
  readonly into: Collector;
  /** The line that is read. */
  readonly number: number;
  find(why: string, text: string, line?: number): void;
  cover(section: Section): void;
}

const BRIEF = /^(\S+?)(?:@(\S+))?\s+(UNKNOWN|NOTPRESENT|DOWN|LOWERLAYERDOWN|TESTING|DORMANT|UP)(\s.*)?$/;

export class DeviceLines {
  private readonly around: Surroundings;
  private open: { readonly draft: LinkDraft; readonly line: number; readonly isOfIfconfig: boolean } | null =
    null;

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** No more lines belong to the device. */
  finish(): void {
    if (this.open === null) return;
    const { draft, line, isOfIfconfig } = this.open;
    this.open = null;
    // ifconfig's aliases (eth0:1) are addresses, no devices.
    if (isOfIfconfig && draft.ifname.includes(':')) return;
    const wrong = takeLink(draft, this.around.into);
    if (wrong !== '') this.around.find(wrong, draft.ifname, line);
  }

  /** Takes a line that tells more of the device that is open. */
  continues(line: string, words: readonly string[]): boolean {
    if (this.open === null) return false;
    const { draft, isOfIfconfig } = this.open;
    if (words[0] === 'inet6') this.around.into.skipped.ipv6++;
    else if (isOfIfconfig) return this.takeFields(interfaceLine(line), draft);
    else if (words[0] === 'inet') this.address(line, draft.ifname);
    else return takeLinkLine(draft, line);
    return true;
  }

  /** Takes a line that a device begins with. */
  begins(line: string, words: readonly string[]): boolean {
    const head = linkHead(line);
    const draft = head ?? interfaceHead(line);
    if (draft !== null) {
      this.finish();
      this.open = { draft: { ...draft }, line: this.around.number, isOfIfconfig: head === null };
      this.around.cover('link');
      return true;
    }
    const brief = BRIEF.exec(line.trim());
    if (brief !== null && !isPrefixWord(words[0] as string)) this.takeBrief(brief);
    else if (/^\d+:$/.test(words[0] as string) && /^inet6?$/.test(words[2] ?? ''))
      this.takeOneline(line, words);
    else return false;
    return true;
  }

  /** `inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0`. */
  address(line: string, device: string): void {
    const record = addressRecord(line);
    const wrong = 'wrong' in record ? record.wrong : takeAddress(record.value, device, this.around.into);
    if (wrong !== '') this.around.find(wrong, line);
    else this.around.cover('address');
  }

  private takeFields(fields: ReturnType<typeof interfaceLine>, draft: LinkDraft): boolean {
    if (fields === null) return false;
    Object.assign(draft, fields.link);
    if (fields.address === undefined) return true;
    const label = draft.ifname;
    const wrong = takeAddress({ ...fields.address, label }, label.split(':')[0] as string, this.around.into);
    if (wrong !== '') this.around.find(wrong, label);
    return true;
  }

  /** `2: eth0    inet 10.0.0.1/24 …`: an address with its device. */
  private takeOneline(line: string, words: readonly string[]): void {
    this.finish();
    if (words[2] === 'inet6') this.around.into.skipped.ipv6++;
    else this.address(line.slice(line.indexOf('inet')), words[1] as string);
  }

  /** `ip -br`: the state is all that it tells of the flags. */
  private takeBrief([, ifname = '', other = 'NONE', state, rest = '']: RegExpExecArray): void {
    this.finish();
    const words = rest.split(/\s+/).filter((word) => word !== '');
    const flags = words
      .find((word) => word.startsWith('<'))
      ?.slice(1, -1)
      .split(',');
    const address = words.find((word) => parseMac(word) !== null);
    const link: Json = {
      ifname,
      flags: flags ?? (state === 'DOWN' ? [] : ['UP', 'LOWER_UP']),
      ...otherEnd(other),
      ...(address === undefined ? {} : { address, link_type: 'ether' }),
    };
    const wrong = takeLink(link, this.around.into);
    if (wrong !== '') this.around.find(wrong, ifname);
    this.takeBriefAddresses(words, ifname);
  }

  private takeBriefAddresses(words: readonly string[], device: string): void {
    for (const [i, word] of words.entries()) {
      if (isIpv6(word.split('/')[0] as string)) this.around.into.skipped.ipv6++;
      if (parsePrefix(word) === null || words[i - 1] === 'peer') continue;
      const peer = words[i + 1] === 'peer' ? ` peer ${words[i + 2]}` : '';
      this.address(`inet ${word}${peer}`, device);
    }
  }
}
