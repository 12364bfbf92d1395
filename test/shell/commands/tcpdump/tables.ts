// The recorded tables: frames with what tcpdump 4.99.3 printed of them, and filters with what they took.
import { readFileSync } from 'node:fs';

export interface RecordedFrame {
  readonly sentence: string;
  readonly linkType: number;
  /** On the wire; `data` may be less. */
  readonly length: number;
  readonly data: Uint8Array;
  /** By option (one word, '' for none): what was printed, -t before it. */
  readonly printed: ReadonlyMap<string, string>;
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'latin1');

/** A frame starts with `# sentence` and a line of link type, length and bytes; `$ option` is before each print. */
export function recordedFrames(): RecordedFrame[] {
  return read('frames.txt')
    .split(/^# /m)
    .slice(1)
    .map((part) => {
      const [head, ...prints] = part.replace(/\n\n?$/, '\n').split(/^\$ /m);
      const [sentence, numbers] = head.split('\n');
      const [linkType, length, hex] = numbers.split(' ');
      const printed = prints.map((print): [string, string] => {
        const end = print.indexOf('\n');
        return [print.slice(0, end), print.slice(end + 1)];
      });
      return {
        sentence,
        linkType: Number(linkType),
        length: Number(length),
        data: new Uint8Array(Buffer.from(hex, 'hex')),
        printed: new Map(printed),
      };
    });
}

export interface RecordedFilter {
  readonly linkType: number;
  readonly expression: string;
  /** Which of the frames of that link type it took, or libpcap's refusal. */
  readonly taken: string;
}

/** `# link type`, then `expression => numbers` or `expression => ! refusal`. */
export function recordedFilters(): RecordedFilter[] {
  return read('filters.txt')
    .split(/^# /m)
    .slice(1)
    .flatMap((part) => {
      const [linkType, ...lines] = part.trimEnd().split('\n');
      return lines.map((line) => {
        const at = line.lastIndexOf(' =>');
        return { linkType: Number(linkType), expression: line.slice(0, at), taken: line.slice(at + 4) };
      });
    });
}
