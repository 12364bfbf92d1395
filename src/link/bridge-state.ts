// What the parts of a bridge are in: states of ports, groups of VLANs.
import type { BridgePort, BridgeState, Device, VlanGroup } from '../netns/device.ts';

/** BR_STATE_*. */
export const PortState = { DISABLED: 0, LISTENING: 1, LEARNING: 2, FORWARDING: 3, BLOCKING: 4 } as const;

export const newGroup = (): VlanGroup => ({ pvid: 0, byId: new Map() });

/** The VLANs of a port, or of the bridge itself for null. */
export const groupOf = (bridge: Device, port: Device | null): VlanGroup =>
  (port === null ? (bridge.bridge as BridgeState) : (port.port as BridgePort)).vlans;

/** In the order of their numbers, as the kernel keeps them. */
export const idsOf = ({ byId }: VlanGroup): number[] => [...byId.keys()].sort((a, b) => a - b);
