// The comparison of captured frames with what the node sent, and what is said of it.
import { formatIpv4 } from '../addr/ipv4.ts';
import { formatMac, type Mac } from '../addr/mac.ts';
import { dropName } from '../drop/reasons.ts';
import { compareFrames, type Difference } from './compare.ts';
import type { Frame } from './frame.ts';
import { innerChecksumNotes } from './inner-checksum.ts';
import type { Finding, Item } from './item.ts';
import {
  decisiveDrop,
  dropNotes,
  fateText,
  isOptional,
  type Outcome,
  type Output,
  seenText,
} from './outcome.ts';
import type { Expected } from './pending.ts';
import type { Setting } from './setting.ts';

/** From here on the capture is to show `output`. */
export function expectOutput(
  setting: Setting,
  output: Output,
  because: number,
  origin: Outcome | null,
  optional = false,
): void {
  const expected: Expected = {
    frame: output.frame,
    because,
    at: setting.node.now,
    optional: optional || isOptional(setting, output),
    what: output.what,
    origin,
  };
  setting.pending.add(expected);
}

/** Each captured frame against what the node sent: the equal ones first, then the rest in order. */
export function judgeOutcome(
  setting: Setting,
  items: readonly Item[],
  outcome: Outcome,
  from: readonly string[],
): Finding[] {
  const left = [...outcome.outputs];
  const findings: (Finding | null)[] = items.map((item) => takeEqual(setting, item, left, outcome, from));
  const equal = findings.every((finding) => finding !== null);
  for (const [i, item] of items.entries())
    findings[i] ??= judgeUnequal(setting, item, left.shift(), outcome, from);
  for (const output of left) expectOutput(setting, output, items[0]!.number, outcome, !equal);
  setting.forgetInventions();
  return findings as Finding[];
}

const decidedBy = ({ route, destination }: Outcome): Pick<Finding, 'route' | 'destination'> => ({
  route,
  destination,
});

function takeEqual(
  setting: Setting,
  { frame }: Item,
  left: Output[],
  outcome: Outcome,
  notes: readonly string[],
): Finding | null {
  const place = left.findIndex((output) => compareFrames(output.frame, frame, setting).length === 0);
  if (place < 0) return null;
  const [output] = left.splice(place, 1);
  const seen = seenText(setting, frame);
  return { kind: 'as-programmed', expected: output!.what, seen, notes, ...decidedBy(outcome) };
}

function judgeUnequal(
  setting: Setting,
  { frame }: Item,
  output: Output | undefined,
  outcome: Outcome,
  from: readonly string[],
): Finding {
  const seen = seenText(setting, frame);
  const decided = decidedBy(outcome);
  if (output !== undefined) {
    const differences = namedDifferences(setting, compareFrames(output.frame, frame, setting));
    const isAboutSums = differences.some(({ field }) => field.endsWith('checksum'));
    const notes = isAboutSums ? [...from, ...innerChecksumNotes(frame)] : from;
    return { kind: 'differs', expected: output.what, seen, differences, notes, ...decided };
  }
  if (outcome.outputs.length > 0)
    return { kind: 'differs', expected: 'nothing more', seen, notes: from, ...decided };
  const drop = decisiveDrop(outcome);
  const goesOn = outcome.delivered > 0 || outcome.waits !== null;
  if (drop !== null && !goesOn) {
    const notes = [...from, ...dropNotes(setting, outcome, drop, true)];
    return {
      kind: 'should-drop',
      expected: 'dropped',
      seen,
      reason: dropName(drop.reason),
      notes,
      ...decided,
    };
  }
  const expected = fateText(setting, outcome) || 'nothing';
  return { kind: 'differs', expected, seen, notes: from, ...decided };
}

/** A MAC address that is not as expected says that the next hop is another: tells which, as far as it is known. */
export function namedDifferences(
  setting: Setting,
  differences: readonly Difference[],
): readonly Difference[] {
  return differences.map((difference) => {
    if (!difference.field.endsWith('destination MAC')) return difference;
    const [expected, seen] = [macOf(difference.expected), macOf(difference.seen)];
    return { field: difference.field, expected: macText(setting, expected), seen: macText(setting, seen) };
  });
}

const macOf = (text: string): Mac => Number.parseInt(text.replaceAll(':', ''), 16) as Mac;

function macText(setting: Setting, mac: Mac): string {
  const holder = setting.holderOf(mac);
  if (holder === null) return formatMac(mac);
  return setting.isInvented(mac)
    ? `that of ${formatIpv4(holder)}`
    : `${formatMac(mac)} of ${formatIpv4(holder)}`;
}

/** The frame against the one of `outputs` that it is most like. */
export function judgeAgainst(
  setting: Setting,
  item: Item,
  outputs: readonly Frame[],
  expected: string,
  decided: Pick<Finding, 'route' | 'destination'>,
): Finding {
  let least: readonly Difference[] | null = null;
  for (const output of outputs) {
    const differences = compareFrames(output, item.frame, setting);
    if (least === null || differences.length < least.length) least = differences;
  }
  const differences = namedDifferences(setting, least ?? []);
  const kind = differences.length === 0 ? 'as-programmed' : 'differs';
  return { kind, expected, seen: seenText(setting, item.frame), differences, ...decided };
}
