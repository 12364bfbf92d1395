// `ip route get`: RTM_GETROUTE for one destination (inet_rtm_getroute).
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Answer, RouteGetInfo, RouteGetRequest } from './types.ts';

/** The route that a packet of this description would take now. */
export function getRoute(_namespace: Namespace, _request: RouteGetRequest): Answer<RouteGetInfo> {
  return { refusal: refuse(Errno.EOPNOTSUPP) };
}
