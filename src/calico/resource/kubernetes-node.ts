// A Calico Node as the Kubernetes Node that holds it: its fields are annotations (libcalico-go/lib/backend/k8s/resources:
// node.go, mergeCalicoNodeIntoK8sNode). The way back is nodeOfKubernetes.
import { metadataObject } from './print.ts';
import type { Node } from './types.ts';

const PREFIX = 'projectcalico.org/';

function annotationsOf({ spec: { bgp = {}, ...spec } }: Node): Record<string, string | undefined> {
  return {
    ASNumber: bgp.asNumber,
    IPv4Address: bgp.ipv4Address,
    IPv6Address: bgp.ipv6Address,
    IPv4IPIPTunnelAddr: bgp.ipv4IPIPTunnelAddr,
    RouteReflectorClusterID: bgp.routeReflectorClusterID,
    IPv4VXLANTunnelAddr: spec.ipv4VXLANTunnelAddr,
    VXLANTunnelMACAddr: spec.vxlanTunnelMACAddr,
    IPv6VXLANTunnelAddr: spec.ipv6VXLANTunnelAddr,
    VXLANTunnelMACAddrV6: spec.vxlanTunnelMACAddrV6,
  };
}

/** What the annotations say is what the fields say: an older one goes. */
function mergedAnnotations(node: Node): Record<string, string> {
  const annotations = { ...node.metadata.annotations };
  for (const [name, value] of Object.entries(annotationsOf(node))) {
    if (value === undefined) delete annotations[PREFIX + name];
    else annotations[PREFIX + name] = value;
  }
  return annotations;
}

export function kubernetesNodeObject(node: Node): Record<string, unknown> {
  const { podCIDRs = [], addresses = [] } = node.spec;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadataObject({ ...node.metadata, annotations: mergedAnnotations(node) }),
    spec: podCIDRs.length === 0 ? {} : { podCIDR: podCIDRs[0], podCIDRs },
    status: { addresses: addresses.filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP') },
  };
}
