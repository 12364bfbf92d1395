// Links as RTM_NEWLINK, RTM_SETLINK, RTM_DELLINK and RTM_GETLINK serve them.
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Answer, BridgePortSettings, LinkAdd, LinkInfo, LinkSet, Outcome } from './types.ts';

/** `ip link add`: RTM_NEWLINK with NLM_F_CREATE | NLM_F_EXCL. */
export function addLink(_namespace: Namespace, _request: LinkAdd): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip link set DEVICE …` (and `ip link change`): RTM_NEWLINK without NLM_F_CREATE. `device` is a name or an index. */
export function setLink(_namespace: Namespace, _device: string | number, _request: LinkSet): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip link set group N …`: the same change to every device of a group (rtnl_group_changelink). */
export function setLinkGroup(_namespace: Namespace, _group: number, _request: LinkSet): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip link delete DEVICE [type KIND]`: the kind, where given, is only looked up (rtnl_dellink). */
export function deleteLink(_namespace: Namespace, _device: string | number): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip link delete group N`. */
export function deleteLinkGroup(_namespace: Namespace, _group: number): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `bridge link set dev DEVICE …`: RTM_SETLINK of family AF_BRIDGE. */
export function setBridgePort(
  _namespace: Namespace,
  _device: string,
  _settings: BridgePortSettings,
): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** One device, by name or index; a missing one is ENODEV, and iproute2 words it `Device "x" does not exist.` itself. */
export function getLink(_namespace: Namespace, _device: string | number): Answer<LinkInfo> {
  return { refusal: refuse(Errno.EOPNOTSUPP) };
}

/** All devices in the order in which the kernel dumps them (by index). */
export function dumpLinks(_namespace: Namespace): LinkInfo[] {
  return [];
}
