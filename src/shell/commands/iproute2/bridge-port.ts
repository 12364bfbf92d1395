// Words about a bridge's port that `ip link … type bridge_slave` and `bridge link` share.
import type { BridgePortSettings } from '../../../admin/types.ts';

/** BR_STATE_*, by number. */
export const PORT_STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];

/** Settings that are on or off. */
export type PortSwitch = {
  [Name in keyof BridgePortSettings]-?: Required<BridgePortSettings>[Name] extends boolean ? Name : never;
}[keyof BridgePortSettings];
