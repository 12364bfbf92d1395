// The kinds of device that `type KIND` names. A new kind is one file and one line here.
import type { Kind } from './kind.ts';
import { bridgeKind } from './kind-bridge.ts';
import { bridgeSlaveKind } from './kind-bridge-slave.ts';
import { ipipKind } from './kind-ipip.ts';
import { vethKind } from './kind-veth.ts';
import { vlanKind } from './kind-vlan.ts';
import { vrfKind, vrfSlaveKind } from './kind-vrf.ts';
import { vxlanKind } from './kind-vxlan.ts';

const KINDS: Readonly<Record<string, Kind>> = {
  bridge: bridgeKind,
  bridge_slave: bridgeSlaveKind,
  dummy: { usage: 'Usage: ... dummy\n' },
  ipip: ipipKind,
  veth: vethKind,
  vlan: vlanKind,
  vrf: vrfKind,
  vrf_slave: vrfSlaveKind,
  vxlan: vxlanKind,
};

export const kindCalled = (name: string): Kind | undefined =>
  Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
