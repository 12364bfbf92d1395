// Features of devices: shown by -k, asked for by -K. They move no packet in a lab, but what was asked for is kept, and
// what depends on what is as on Linux (netdev_fix_features).
import type { Device } from '../../../netns/device.ts';
import { DEFAULTS, FEATURES, GROUPS, type Group, KERNEL_ORDER } from './feature-table.ts';

const TCP_SEGMENTATION = GROUPS.find(({ short }) => short === 'tso') as Group;

/** What was asked of each device beyond its defaults. */
const asked = new WeakMap<Device, Map<string, boolean>>();

const defaultOf = (device: Device, feature: string): string =>
  DEFAULTS[device.kind]?.[FEATURES.indexOf(feature)] ?? '0';

const isFixed = (device: Device, feature: string): boolean => '01'.includes(defaultOf(device, feature));

/** Whether the feature should be on. */
function isWanted(device: Device, feature: string): boolean {
  const wanted = isFixed(device, feature) ? undefined : asked.get(device)?.get(feature);
  return wanted ?? '+1'.includes(defaultOf(device, feature));
}

/** Whether it is on: segmentation needs scatter-gather, and for TCP checksums besides. */
function isActive(device: Device, feature: string): boolean {
  if (!isWanted(device, feature)) return false;
  const isTcp = TCP_SEGMENTATION.features.includes(feature);
  if (isTcp && !isWanted(device, 'tx-checksum-ip-generic')) return false;
  return (!isTcp && feature !== 'tx-generic-segmentation') || isWanted(device, 'tx-scatter-gather');
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');

function featureLine(device: Device, feature: string, shown: string): string {
  const active = isActive(device, feature);
  const wanted = isWanted(device, feature);
  const remark = isFixed(device, feature)
    ? ' [fixed]'
    : active === wanted
      ? ''
      : ` [requested ${onOff(wanted)}]`;
  return `${shown}: ${onOff(active)}${remark}\n`;
}

/** `ethtool -k`. */
export function featuresText(device: Device): string {
  let text = `Features for ${device.name}:\n`;
  for (const feature of FEATURES) {
    const group = GROUPS.find(({ features }) => features.includes(feature));
    if (group?.features.length === 1) {
      text += featureLine(device, feature, group.shown);
      continue;
    }
    if (group?.features[0] === feature) text += groupLine(device, group);
    text +=
      group === undefined
        ? featureLine(device, feature, feature)
        : `\t${featureLine(device, feature, feature)}`;
  }
  return text;
}

const groupLine = (device: Device, group: Group): string =>
  `${group.shown}: ${onOff(group.features.some((feature) => isActive(device, feature)))}\n`;

/** Names of -K: a group by its short or its old name, or one feature; null for an unknown one. */
export function featuresNamed(name: string): readonly string[] | null {
  const group = GROUPS.find(({ short, shown }) => short === name || shown === name);
  if (group !== undefined) return group.features;
  return FEATURES.includes(name) ? [name] : null;
}

const orderOf = (feature: string): number => {
  const place = KERNEL_ORDER.indexOf(feature);
  return place < 0 ? KERNEL_ORDER.length + FEATURES.indexOf(feature) : place;
};

/** `ethtool -K`: asks for the features; the text about what came of it, '' if all is as asked and nothing else. */
export function changeFeatures(device: Device, requests: ReadonlyMap<string, boolean>): string {
  const before = new Map(FEATURES.map((feature) => [feature, isActive(device, feature)]));
  const kept = asked.get(device) ?? new Map<string, boolean>();
  for (const [feature, on] of requests) if (!isFixed(device, feature)) kept.set(feature, on);
  asked.set(device, kept);
  const lines: string[] = [];
  let isAsAsked = true;
  for (const feature of [...FEATURES].sort((a, b) => orderOf(a) - orderOf(b))) {
    const active = isActive(device, feature);
    const request = requests.get(feature);
    const isDenied = request !== undefined && request !== active;
    if (active === before.get(feature) && !isDenied) continue;
    const remark = isDenied
      ? ` [requested ${onOff(request)}]`
      : request === undefined
        ? ' [not requested]'
        : '';
    if (remark !== '') isAsAsked = false;
    lines.push(`${feature}: ${onOff(active)}${remark}\n`);
  }
  return isAsAsked ? '' : `Actual changes:\n${lines.join('')}`;
}
