// ethtool 6.1: settings, drivers, statistics and features of the lab's devices, none of which is hardware.

import { type Device, Kind } from '../../../netns/device.ts';
import type { Command, Context } from '../../command.ts';
import { KERNEL_RELEASE } from '../modprobe/release.ts';
import { changeFeatures, featuresNamed, featuresText } from './features.ts';

const NO_DEVICE = 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\n';

/** Exit statuses of ethtool's subcommands. */
const Status = { SETTINGS: 75, DRIVER: 71, FEATURES: 92, NO_STATISTICS: 94, STATISTICS: 96 } as const;

const USAGE = 'ethtool: bad command line argument(s)\nFor more information run ethtool -h\n';

function usage(context: Context): number {
  context.err(USAGE);
  return 1;
}

type Action = (context: Context, name: string, words: readonly string[]) => number;

/** An action that needs the device; `missing` is what is said, and the exit status, without it. */
const withDevice =
  (
    missing: string,
    status: number,
    act: (context: Context, device: Device, words: readonly string[]) => number,
  ): Action =>
  (context, name, words) => {
    const device = context.namespace.device(name);
    if (device !== undefined) return act(context, device, words);
    context.err(missing);
    return status;
  };

/** Speed, duplex and port of the kinds that tell them. */
const SETTINGS: Readonly<Record<number, readonly [speed: string, duplex: string, port: string]>> = {
  [Kind.VETH]: ['10000Mb/s', 'Full', 'Twisted Pair'],
  [Kind.BRIDGE]: ['Unknown!', 'Unknown! (255)', 'Other'],
  [Kind.VXLAN]: ['Unknown!', 'Unknown! (255)', 'Other'],
};

function settings(context: Context, device: Device): number {
  if (device.kind === Kind.DUMMY || device.kind === Kind.IPIP || device.kind === Kind.VRF) {
    context.out('No data available\n');
    return Status.SETTINGS;
  }
  const known = SETTINGS[device.kind];
  const link = `\tLink detected: ${device.carrier ? 'yes' : 'no'}\n`;
  if (known === undefined) {
    context.out(`Settings for ${device.name}:\n${link}`);
    return 0;
  }
  const [speed, duplex, port] = known;
  context.out(
    `Settings for ${device.name}:\n\tSupported ports: [  ]\n\tSupported link modes:   Not reported\n` +
      '\tSupported pause frame use: No\n\tSupports auto-negotiation: No\n\tSupported FEC modes: Not reported\n' +
      '\tAdvertised link modes:  Not reported\n\tAdvertised pause frame use: No\n' +
      '\tAdvertised auto-negotiation: No\n\tAdvertised FEC modes: Not reported\n' +
      `\tSpeed: ${speed}\n\tDuplex: ${duplex}\n\tAuto-negotiation: off\n\tPort: ${port}\n\tPHYAD: 0\n` +
      `\tTransceiver: internal\n${device.kind === Kind.VETH ? '\tMDI-X: Unknown\n' : ''}${link}`,
  );
  return 0;
}

function showSettings(context: Context, name: string): number {
  const device = context.namespace.device(name);
  if (device !== undefined) return settings(context, device);
  // One complaint for each request that makes up the answer.
  context.err(NO_DEVICE.repeat(5));
  context.out('No data available\n');
  return Status.SETTINGS;
}

/** Driver name and version by kind; loopback has none. */
const DRIVERS: Readonly<Record<number, readonly [driver: string, version: string]>> = {
  [Kind.VETH]: ['veth', '1.0'],
  [Kind.BRIDGE]: ['bridge', '2.3'],
  [Kind.DUMMY]: ['dummy', KERNEL_RELEASE],
  [Kind.VXLAN]: ['vxlan', '0.1'],
  [Kind.IPIP]: ['ipip', KERNEL_RELEASE],
  [Kind.VRF]: ['vrf', '1.1'],
  [Kind.VLAN]: ['802.1Q VLAN Support', '1.8'],
};

function driver(context: Context, device: Device): number {
  const known = DRIVERS[device.kind];
  if (known === undefined) {
    context.err('Cannot get driver information: Operation not supported\n');
    return Status.DRIVER;
  }
  const isBridge = device.kind === Kind.BRIDGE;
  context.out(
    `driver: ${known[0]}\nversion: ${known[1]}\nfirmware-version: ${isBridge || device.kind === Kind.VLAN ? 'N/A' : ''}\n` +
      `expansion-rom-version: \nbus-info: ${isBridge ? 'N/A' : ''}\n` +
      `supports-statistics: ${device.kind === Kind.VETH ? 'yes' : 'no'}\nsupports-test: no\n` +
      'supports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n',
  );
  return 0;
}

/** Counters of a veth's only queue, all about XDP, which nobody uses here. */
const RX_COUNTERS = [
  'xdp_packets',
  'xdp_bytes',
  'drops',
  'xdp_redirect',
  'xdp_drops',
  'xdp_tx',
  'xdp_tx_errors',
];
const TX_COUNTERS = ['xdp_xmit', 'xdp_xmit_errors'];

function statistics(context: Context, device: Device): number {
  if (device.kind !== Kind.VETH) {
    context.err('no stats available\n');
    return Status.NO_STATISTICS;
  }
  const counters = [
    `peer_ifindex: ${device.peer?.index ?? 0}`,
    ...RX_COUNTERS.map((name) => `rx_queue_0_${name}: 0`),
    ...TX_COUNTERS.map((name) => `tx_queue_0_${name}: 0`),
  ];
  context.out(`NIC statistics:\n${counters.map((line) => `     ${line}\n`).join('')}`);
  return 0;
}

function setFeatures(context: Context, device: Device, words: readonly string[]): number {
  if (words.length === 0) return usage(context);
  const requests = new Map<string, boolean>();
  for (let i = 0; i < words.length; i += 2) {
    const features = featuresNamed(words[i]);
    const value = words[i + 1];
    if (value !== 'on' && value !== 'off') {
      const shown = value === undefined ? '' : value;
      context.err(`ethtool (-K): flag '${shown}' for parameter '(null)' is not followed by 'on' or 'off'\n`);
      return 1;
    }
    if (features === null) {
      context.err('netlink error: bit name not found (offset 52)\nnetlink error: Operation not supported\n');
      return Status.FEATURES;
    }
    for (const feature of features) requests.set(feature, value === 'on');
  }
  context.out(changeFeatures(device, requests));
  return 0;
}

const notSupported = withDevice(NO_DEVICE, 1, (context) => {
  context.err('netlink error: Operation not supported\n');
  return 1;
});

const print = (text: (device: Device) => string): Action =>
  withDevice(NO_DEVICE, 1, (context, device) => {
    context.out(text(device));
    return 0;
  });

const CHANNELS = 'RX:\t\t1\nTX:\t\t1\nOther:\t\tn/a\nCombined:\tn/a\n';

const channelsText = ({ name }: Device): string =>
  `Channel parameters for ${name}:\nPre-set maximums:\n${CHANNELS}Current hardware settings:\n${CHANNELS}`;

const TIMESTAMPING = [
  'Capabilities:',
  '\tsoftware-transmit',
  '\tsoftware-receive',
  '\tsoftware-system-clock',
  'PTP Hardware Clock: none',
  'Hardware Transmit Timestamp Modes: none',
  'Hardware Receive Filter Modes: none',
];

const ACTIONS: readonly (readonly [names: readonly string[], act: Action])[] = [
  [['-i', '--driver'], withDevice('Cannot get driver information: No such device\n', Status.DRIVER, driver)],
  [
    ['-S', '--statistics'],
    withDevice('Cannot get stats strings information: No such device\n', Status.STATISTICS, statistics),
  ],
  [['-k', '--show-features', '--show-offload'], print(featuresText)],
  [['-K', '--features', '--offload'], withDevice(NO_DEVICE, Status.FEATURES, setFeatures)],
  [['-P', '--show-permaddr'], print(() => 'Permanent address: not set\n')],
  [
    ['-T', '--show-time-stamping'],
    print(({ name }) => `Time stamping parameters for ${name}:\n${TIMESTAMPING.join('\n')}\n`),
  ],
  [['-l', '--show-channels'], print(channelsText)],
  [['-a', '--show-pause'], notSupported],
  [['-A', '--pause'], notSupported],
  [['-c', '--show-coalesce'], notSupported],
  [['-C', '--coalesce'], notSupported],
  [['-g', '--show-ring'], notSupported],
  [['-G', '--set-ring'], notSupported],
  [['-s', '--change'], notSupported],
];

function run(context: Context, args: readonly string[]): number {
  const [first, name, ...words] = args;
  if (first === undefined) return usage(context);
  if (first === '--version') {
    context.out('ethtool version 6.1\n');
    return 0;
  }
  if (!first.startsWith('-')) return name === undefined ? showSettings(context, first) : usage(context);
  const found = ACTIONS.find(([names]) => names.includes(first));
  if (found === undefined || name === undefined) return usage(context);
  return found[1](context, name, words);
}

export const ethtool: Command = { name: 'ethtool', run };
