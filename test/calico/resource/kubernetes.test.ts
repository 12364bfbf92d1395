import { describe, expect, it } from 'vitest';
import { readResources } from '../../../src/calico/resource/read.ts';
import type { Node, WorkloadEndpoint } from '../../../src/calico/resource/types.ts';

const read = (...objects: readonly object[]) =>
  readResources(objects.map((object) => ({ file: 'k.json', text: JSON.stringify(object) })));

const pod = (over: { metadata?: object; spec?: object; status?: object } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod1', namespace: 'default', labels: { app: 'web' }, ...over.metadata },
  spec: { nodeName: 'node-1', serviceAccountName: 'sa', ...over.spec },
  status: { phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }], ...over.status },
});

const node = (annotations: object, status: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', labels: { zone: 'a' }, annotations },
  spec: { podCIDR: '10.1.0.0/24' },
  status,
});

const annotated = (name: string, value: string) =>
  pod({ metadata: { annotations: { [`cni.projectcalico.org/${name}`]: value } } });

const endpointOf = (...objects: readonly object[]) =>
  read(...objects).resources.find(({ kind }) => kind === 'WorkloadEndpoint') as WorkloadEndpoint | undefined;

describe('pods as endpoints', () => {
  it('name, interface, labels and profiles are the CNI plugin’s (calico.md 1.1, 1.9)', () => {
    const endpoint = endpointOf(pod());
    expect(endpoint?.metadata.name).toBe('node--1-k8s-pod1-eth0');
    expect(endpoint?.spec.interfaceName).toBe('calice0906292e2');
    expect(endpoint?.metadata.labels).toEqual({
      app: 'web',
      'projectcalico.org/namespace': 'default',
      'projectcalico.org/orchestrator': 'k8s',
      'projectcalico.org/serviceaccount': 'sa',
    });
    expect(endpoint?.spec.profiles).toEqual(['kns.default', 'ksa.default.sa']);
    expect(endpoint?.spec.ipNetworks).toEqual(['10.0.0.2/32']);
    expect(endpoint?.spec.mac).toBeUndefined();
  });

  it('the interface prefix is an option', () => {
    const source = { file: 'p', text: JSON.stringify(pod()) };
    const [endpoint] = readResources([source], { interfacePrefix: 'eni,cali' }).resources;
    expect((endpoint as WorkloadEndpoint).spec.interfaceName).toBe('enice0906292e2');
  });

  it.each([
    ['in the host’s network', pod({ spec: { hostNetwork: true } })],
    ['not scheduled', pod({ spec: { nodeName: '' } })],
    ['finished', pod({ status: { phase: 'Succeeded' } })],
    ['without address', pod({ status: { podIP: '', podIPs: [] } })],
    [
      'on its way out, its address released',
      pod({ metadata: { deletionTimestamp: 'x', annotations: { 'cni.projectcalico.org/podIP': '' } } }),
    ],
  ])('a pod %s has no endpoint and stays a pod', (_, object) => {
    const { resources, pods, problems } = read(object);
    expect([resources.length, pods.length, problems.length]).toEqual([0, 1, 0]);
  });

  it('the annotations serve until the kubelet has written the status', () => {
    const annotations = { 'cni.projectcalico.org/podIPs': '10.0.0.9/32,fd00::9/128' };
    const endpoint = endpointOf(pod({ metadata: { annotations }, status: { podIP: '', podIPs: [] } }));
    expect(endpoint?.spec.ipNetworks).toEqual(['10.0.0.9/32', 'fd00::9/128']);
  });

  it('reads the MAC, floating addresses and source prefixes from annotations', () => {
    expect(endpointOf(annotated('hwAddr', '02:00:00:00:00:01'))?.spec.hwAddr).toBe('02:00:00:00:00:01');
    expect(endpointOf(annotated('floatingIPs', '["172.16.0.1"]'))?.spec.ipNATs).toEqual([
      { internalIP: '10.0.0.2', externalIP: '172.16.0.1' },
    ]);
    expect(
      endpointOf(annotated('allowedSourcePrefixes', '["10.9.1.1/16"]'))?.spec.allowSpoofedSourcePrefixes,
    ).toEqual(['10.9.0.0/16']);
  });

  it.each([
    ['hwAddr', 'x', 'must be a MAC address'],
    ['floatingIPs', '[1]', "failed to parse '[1]' as JSON"],
    ['allowedSourcePrefixes', '["10.0.0.1"]', "failed to parse '10.0.0.1' as a CIDR"],
  ])('a wrong %s is told with its annotation', (name, value, reason) => {
    const { problems, resources } = read(annotated(name, value));
    expect(problems[0]).toMatchObject({
      field: `metadata.annotations.cni.projectcalico.org/${name}`,
      reason,
    });
    expect(resources).toEqual([]);
  });

  it('an endpoint that is written down beats the pod’s, which adds its MAC', () => {
    const written = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'WorkloadEndpoint',
      metadata: { name: 'other-k8s-pod1-eth0', namespace: 'default' },
      spec: { node: 'other', pod: 'pod1', interfaceName: 'calix', ipNetworks: ['10.0.0.7/32'] },
    };
    const endpoints = read(annotated('hwAddr', '02:00:00:00:00:01'), written).resources;
    expect(endpoints.length).toBe(1);
    expect((endpoints[0] as WorkloadEndpoint).spec).toMatchObject({
      node: 'other',
      hwAddr: '02:00:00:00:00:01',
    });
  });

  it('what follows from a pod is told apart from what is written down', () => {
    const { resources, derived } = read(pod(), node({}));
    expect(resources.filter((resource) => derived.has(resource)).map(({ kind }) => kind)).toEqual([
      'WorkloadEndpoint',
    ]);
  });

  it('endpoints on a node that nobody described are told once', () => {
    const { problems } = read(pod(), pod({ metadata: { name: 'pod2' } }));
    expect(problems.map(({ field, value, reason }) => [field, value, reason])).toEqual([
      ['spec.node', 'node-1', 'there is no such Node; 2 endpoints are on it'],
    ]);
  });
});

describe('Kubernetes Nodes as Calico Nodes', () => {
  it('takes addresses, tunnel addresses, MAC and AS number from the annotations', () => {
    const [first] = read(
      node({
        'projectcalico.org/IPv4Address': '192.168.0.1/24',
        'projectcalico.org/IPv4IPIPTunnelAddr': '10.0.0.1',
        'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.2',
        'projectcalico.org/VXLANTunnelMACAddr': '66:00:00:00:00:01',
        'projectcalico.org/ASNumber': '64513',
        'projectcalico.org/RouteReflectorClusterID': '1.0.0.1',
      }),
    ).resources;
    expect((first as Node).spec).toMatchObject({
      bgp: {
        ipv4Address: '192.168.0.1/24',
        ipv4IPIPTunnelAddr: '10.0.0.1',
        asNumber: '64513',
        routeReflectorClusterID: '1.0.0.1',
      },
      ipv4VXLANTunnelAddr: '10.0.0.2',
      vxlanTunnelMACAddr: '66:00:00:00:00:01',
      podCIDRs: ['10.1.0.0/24'],
    });
  });

  it('without annotations it has its InternalIP and no BGP', () => {
    const addresses = [
      { type: 'Hostname', address: 'node-1' },
      { type: 'InternalIP', address: '192.168.0.1' },
    ];
    const [first] = read(node({}, { addresses })).resources;
    expect((first as Node).spec.bgp).toBeUndefined();
    expect((first as Node).spec.addresses).toEqual([{ type: 'InternalIP', address: '192.168.0.1' }]);
  });

  it('an annotation that is not valid counts as not set, with a warning', () => {
    const { resources, problems } = read(node({ 'projectcalico.org/IPv4Address': 'x' }));
    expect((resources[0] as Node).spec.bgp).toBeUndefined();
    expect(problems[0]).toMatchObject({ severity: 'warning', value: 'x' });
  });

  it('a Calico Node of the same name wins and gets what it lacks', () => {
    const calico = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'Node',
      metadata: { name: 'node-1', labels: { zone: 'b' } },
      spec: { bgp: { ipv4Address: '192.168.0.9/24' } },
    };
    const kubernetes = node({ 'projectcalico.org/IPv4Address': '192.168.0.1/24' }, {});
    for (const order of [
      [calico, kubernetes],
      [kubernetes, calico],
    ]) {
      const { resources, problems } = read(...order);
      expect(problems).toEqual([]);
      expect(resources.length).toBe(1);
      expect((resources[0] as Node).spec.bgp?.ipv4Address).toBe('192.168.0.9/24');
      expect(resources[0].metadata.labels).toEqual({ zone: 'b' });
      expect((resources[0] as Node).spec.podCIDRs).toEqual(['10.1.0.0/24']);
    }
  });
});
