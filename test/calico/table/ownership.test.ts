// S28: which routes of the main table are Felix's, by protocol and interface.
import { expect, test } from 'vitest';
import { mainTableOwnership, type OwnershipConfig } from '../../../src/calico/table/ownership.ts';
import { FELIX } from './node.ts';

const BOOT = 3;
const STATIC = 4;
const BIRD = 12;
const OURS = 80;
const peer: Partial<OwnershipConfig> = { isBgpPeer: () => true };
const keep: Partial<OwnershipConfig> = { removeExternalRoutes: false };

const cases: [
  sentence: string,
  device: string,
  protocol: number,
  config: Partial<OwnershipConfig>,
  ours: boolean,
][] = [
  ["S28: BIRD's on the interface of a BGP peer", 'cali1', BIRD, peer, false],
  ["S28: BIRD's on another workload's interface", 'cali1', BIRD, {}, true],
  ["S28: BIRD's elsewhere", 'eth0', BIRD, {}, false],
  ["S28: BIRD's on a workload's interface where others' routes are kept", 'cali1', BIRD, keep, false],
  ["a workload's own where others' routes are kept", 'cali1', BOOT, keep, true],
  ["S28: the exclusive protocol on a BGP peer's interface", 'cali1', OURS, { ...peer, ...keep }, true],
  ['S28: the exclusive protocol anywhere', 'eth0', OURS, {}, true],
  ['the exclusive protocol without an interface', '', OURS, {}, true],
  ["S28: BIRD's on tunl0 if Felix writes the routes of IPIP", 'tunl0', BIRD, {}, true],
  ["S28: BIRD's on tunl0 if BIRD writes them", 'tunl0', BIRD, { ownsIpipRoutes: false }, false],
  [
    'S28: the exclusive protocol on tunl0, whoever writes them',
    'tunl0',
    OURS,
    { ownsIpipRoutes: false },
    true,
  ],
  ["somebody's on tunl0", 'tunl0', STATIC, {}, false],
  ['anything on vxlan.calico', 'vxlan.calico', STATIC, {}, true],
  ["anything on a workload's interface", 'cali1', STATIC, {}, true],
  ["a host's own", 'eth0', BOOT, {}, false],
  ["BIRD's blackhole of a block", '', BIRD, {}, false],
];

test.each(cases)('%s', (_, device, protocol, config, ours) => {
  expect(mainTableOwnership({ ...FELIX, ...config }).ownsRoute({ protocol }, device)).toBe(ours);
});
