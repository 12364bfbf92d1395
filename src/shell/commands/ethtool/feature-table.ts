// The features of a network device as ethtool 6.1 lists them, and what each kind of device has on Linux 6.1.
import { Kind } from '../../../netns/device.ts';

/** Names in ethtool's order of printing. */
export const FEATURES: readonly string[] = (
  'rx-checksum tx-checksum-ipv4 tx-checksum-ip-generic tx-checksum-ipv6 tx-checksum-fcoe-crc ' +
  'tx-checksum-sctp tx-scatter-gather tx-scatter-gather-fraglist tx-tcp-segmentation ' +
  'tx-tcp-ecn-segmentation tx-tcp-mangleid-segmentation tx-tcp6-segmentation ' +
  'tx-generic-segmentation rx-gro rx-lro rx-vlan-hw-parse tx-vlan-hw-insert rx-ntuple-filter ' +
  'rx-hashing highdma rx-vlan-filter vlan-challenged tx-lockless netns-local tx-gso-robust ' +
  'tx-fcoe-segmentation tx-gre-segmentation tx-gre-csum-segmentation tx-ipxip4-segmentation ' +
  'tx-ipxip6-segmentation tx-udp_tnl-segmentation tx-udp_tnl-csum-segmentation tx-gso-partial ' +
  'tx-tunnel-remcsum-segmentation tx-sctp-segmentation tx-esp-segmentation tx-udp-segmentation ' +
  'tx-gso-list fcoe-mtu tx-nocache-copy loopback rx-fcs rx-all tx-vlan-stag-hw-insert ' +
  'rx-vlan-stag-hw-parse rx-vlan-stag-filter l2-fwd-offload hw-tc-offload esp-hw-offload ' +
  'esp-tx-csum-hw-offload rx-udp_tunnel-port-offload tls-hw-tx-offload tls-hw-rx-offload rx-gro-hw ' +
  'tls-hw-record rx-gro-list macsec-hw-offload rx-udp-gro-forwarding hsr-tag-ins-offload ' +
  'hsr-tag-rm-offload hsr-fwd-offload hsr-dup-offload'
).split(' ');

/**
 * For each kind of device and feature: `+` on and `-` off as long as nobody says otherwise, `1` and `0` for ever.
 */
export const DEFAULTS: Readonly<Record<number, string>> = {
  [Kind.LOOPBACK]: '10100111++++++00000101110000000000+0++00100000000000000-0-0000',
  [Kind.VETH]: '+0+00++++++++-0++00+001000++++++00+0++0-000++0000000000-0-0000',
  [Kind.BRIDGE]: '00+000++++++++00+00+0011++++++++++++++0-000+00000000000-0-0000',
  [Kind.DUMMY]: '00+000++++++++00000+001000++++++00+0++0-000000000000000-0-0000',
  [Kind.IPIP]: '00+000++++++++00000+00100000000000+0++0-000000000000000-0-0000',
  [Kind.VXLAN]: '+0+000++++++++00000000100000000000+0++0-000000000000000-0-0000',
};

/** Groups by their old names: what -K takes, what -k prints, and the features they stand for. */
export interface Group {
  readonly short: string;
  readonly shown: string;
  readonly features: readonly string[];
}

const group = (short: string, shown: string, ...features: string[]): Group => ({ short, shown, features });

const TX_CHECKSUMS = ['ipv4', 'ip-generic', 'ipv6', 'fcoe-crc', 'sctp'].map((name) => `tx-checksum-${name}`);
const TCP_SEGMENTATION = ['tcp', 'tcp-ecn', 'tcp-mangleid', 'tcp6'].map((name) => `tx-${name}-segmentation`);

export const GROUPS: readonly Group[] = [
  group('rx', 'rx-checksumming', 'rx-checksum'),
  group('tx', 'tx-checksumming', ...TX_CHECKSUMS),
  group('sg', 'scatter-gather', 'tx-scatter-gather', 'tx-scatter-gather-fraglist'),
  group('tso', 'tcp-segmentation-offload', ...TCP_SEGMENTATION),
  group('gso', 'generic-segmentation-offload', 'tx-generic-segmentation'),
  group('gro', 'generic-receive-offload', 'rx-gro'),
  group('lro', 'large-receive-offload', 'rx-lro'),
  group('rxvlan', 'rx-vlan-offload', 'rx-vlan-hw-parse'),
  group('txvlan', 'tx-vlan-offload', 'tx-vlan-hw-insert'),
  group('ntuple', 'ntuple-filters', 'rx-ntuple-filter'),
  group('rxhash', 'receive-hashing', 'rx-hashing'),
];

/** The order of the kernel's feature bits, in which changes are told; the features left out come where FEATURES has them. */
export const KERNEL_ORDER: readonly string[] = [
  'tx-scatter-gather',
  'tx-checksum-ipv4',
  'tx-checksum-ip-generic',
  'tx-checksum-ipv6',
  'highdma',
  'tx-scatter-gather-fraglist',
  'tx-vlan-hw-insert',
  'rx-vlan-hw-parse',
  'rx-vlan-filter',
  'tx-vlan-stag-hw-insert',
  'rx-vlan-stag-hw-parse',
  'rx-vlan-stag-filter',
  'vlan-challenged',
  'tx-generic-segmentation',
  'tx-lockless',
  'netns-local',
  'rx-gro',
  'rx-gro-hw',
  'rx-lro',
  'tx-tcp-segmentation',
  'tx-gso-robust',
  'tx-tcp-ecn-segmentation',
  'tx-tcp-mangleid-segmentation',
  'tx-tcp6-segmentation',
  'tx-fcoe-segmentation',
  'tx-gre-segmentation',
  'tx-gre-csum-segmentation',
  'tx-ipxip4-segmentation',
  'tx-ipxip6-segmentation',
  'tx-udp_tnl-segmentation',
  'tx-udp_tnl-csum-segmentation',
  'tx-gso-partial',
  'tx-tunnel-remcsum-segmentation',
  'tx-sctp-segmentation',
  'tx-esp-segmentation',
  'tx-udp-segmentation',
  'tx-gso-list',
  'tx-checksum-fcoe-crc',
  'tx-checksum-sctp',
  'fcoe-mtu',
  'rx-ntuple-filter',
  'rx-hashing',
  'rx-checksum',
];
