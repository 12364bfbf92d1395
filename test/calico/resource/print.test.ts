import * as yaml from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { printPods, printResource, printResources } from '../../../src/calico/resource/print.ts';
import { readResources } from '../../../src/calico/resource/read.ts';
import { podTable, resourceTable } from '../../../src/calico/resource/table.ts';
import type { Kind, Resource } from '../../../src/calico/resource/types.ts';

const read = (...texts: readonly string[]) => readResources(texts.map((text) => ({ file: 'f', text })));

const object = (kind: Kind, name: string, spec: object, metadata: object = {}): string =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind, metadata: { name, ...metadata }, spec });

const POOL = object('IPPool', 'default-ipv4-ippool', {
  cidr: '192.168.0.0/16',
  ipipMode: 'Always',
  natOutgoing: true,
});

const ALL = [
  POOL,
  object('Node', 'n1', { bgp: { asNumber: 64513, ipv4Address: '10.0.0.1/24' } }, { labels: { a: 'yes' } }),
  object(
    'WorkloadEndpoint',
    'n1-k8s-p-eth0',
    { node: 'n1', pod: 'p', ipNetworks: ['192.168.0.1/32'] },
    { namespace: 'ns' },
  ),
  object('IPAMBlock', '192-168-0-0-30', {
    cidr: '192.168.0.0/30',
    affinity: 'host:n1',
    allocations: [null, 0, null, null],
    unallocated: [2, 3, 0],
    attributes: [{ handle_id: 'h', secondary: { node: 'n1' } }],
    deleted: false,
  }),
  object('BlockAffinity', 'n1-192-168-0-0-30', {
    cidr: '192.168.0.0/30',
    node: 'n1',
    state: 'confirmed',
    deleted: 'false',
  }),
  object('FelixConfiguration', 'default', { ipipMTU: 0, vxlanEnabled: false, logSeverityScreen: 'Info' }),
  object('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: false, asNumber: '64512' }),
  object('BGPPeer', 'peer', { peerIP: '10.0.0.9', asNumber: 65000, nodeSelector: "rack == 'a'" }),
];

const bare = (resources: readonly Resource[]) => resources.map(({ place: _, ...rest }) => rest);

describe('printing resources', () => {
  it('what is printed reads as what was there, as YAML and as JSON, alone and in lists', () => {
    const { resources, problems } = read(...ALL);
    expect(problems).toEqual([]);
    for (const format of ['yaml', 'json'] as const)
      for (const resource of resources) {
        const alone = printResource(resource, format);
        const list = printResources(resource.kind, [resource], format);
        for (const text of [alone, list]) expect(bare(read(text).resources)).toEqual(bare([resource]));
      }
  });

  it('a list is called after its kind, and empty fields are left out', () => {
    const list = yaml.load(printResources('IPPool', read(POOL).resources, 'yaml')) as Record<string, unknown>;
    expect(list).toMatchObject({ apiVersion: 'projectcalico.org/v3', kind: 'IPPoolList' });
    const [item] = list.items as { spec: object }[];
    expect(Object.keys(item.spec).sort()).toEqual([
      'allowedUses',
      'assignmentMode',
      'blockSize',
      'cidr',
      'ipipMode',
      'natOutgoing',
      'nodeSelector',
      'vxlanMode',
    ]);
  });

  it('text that could be taken for more is quoted', () => {
    expect(printResource(read(ALL[1]).resources[0], 'yaml')).toContain('a: "yes"');
  });

  it('pods print as pods', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeName: 'n1' },
      status: { podIP: '10.0.0.1' },
    };
    const { pods } = read(JSON.stringify(pod));
    const again = read(printPods(pods, 'yaml')).pods;
    expect(again.map(({ place: _, ...rest }) => rest)).toEqual(pods.map(({ place: _, ...rest }) => rest));
  });
});

describe('tables', () => {
  const columns = (text: string) => text.split('\n').map((line) => line.trimEnd().split(/ {2,}/));

  it('get ippool: every cell is padded by three, an empty line ends it', () => {
    expect(resourceTable('IPPool', read(POOL).resources)).toBe(
      'NAME                  CIDR             SELECTOR   \n' +
        'default-ipv4-ippool   192.168.0.0/16   all()      \n\n',
    );
  });

  it('get ippool -o wide has the columns of its release', () => {
    const { resources } = read(POOL);
    expect(columns(resourceTable('IPPool', resources, { wide: true, release: 'v3.20' }))).toEqual([
      ['NAME', 'CIDR', 'NAT', 'IPIPMODE', 'VXLANMODE', 'DISABLED', 'SELECTOR'],
      ['default-ipv4-ippool', '192.168.0.0/16', 'true', 'Always', 'Never', 'false', 'all()'],
      [''],
      [''],
    ]);
    expect(columns(resourceTable('IPPool', resources, { wide: true }))[0]).toEqual([
      'NAME',
      'CIDR',
      'NAT',
      'IPIPMODE',
      'VXLANMODE',
      'DISABLED',
      'DISABLEBGPEXPORT',
      'SELECTOR',
      'ASSIGNMENTMODE',
    ]);
  });

  it('get wep, wide and with -A', () => {
    const { resources } = read(ALL[2]);
    expect(columns(resourceTable('WorkloadEndpoint', resources))[0]).toEqual([
      'WORKLOAD',
      'NODE',
      'NETWORKS',
      'INTERFACE',
    ]);
    expect(
      columns(resourceTable('WorkloadEndpoint', resources, { allNamespaces: true }))[1].slice(0, 4),
    ).toEqual(['ns', 'p', 'n1', '192.168.0.1/32']);
    expect(columns(resourceTable('WorkloadEndpoint', resources, { wide: true }))[0]).toEqual([
      'NAME',
      'WORKLOAD',
      'NODE',
      'NETWORKS',
      'INTERFACE',
      'PROFILES',
      'NATS',
    ]);
  });

  it('get nodes -o wide shows the default AS number in parentheses', () => {
    const { resources } = read(ALL[1], object('Node', 'n2', { bgp: { ipv4Address: '10.0.0.2/24' } }));
    expect(columns(resourceTable('Node', resources, { wide: true })).slice(0, 3)).toEqual([
      ['NAME', 'ASN', 'IPV4', 'IPV6'],
      ['n1', '64513', '10.0.0.1/24'],
      ['n2', '(64512)', '10.0.0.2/24'],
    ]);
  });

  it('get bgppeer and bgpconfig', () => {
    const { resources } = read(ALL[7], ALL[6]);
    expect(columns(resourceTable('BGPPeer', resources.slice(0, 1)))[1]).toEqual([
      'peer',
      '10.0.0.9',
      "rack == 'a'",
      '65000',
    ]);
    expect(columns(resourceTable('BGPConfiguration', resources.slice(1)))[1]).toEqual([
      'default',
      '-',
      'false',
      '64512',
    ]);
  });

  it('get pods -o wide', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeName: 'n1', containers: [{ name: 'c' }] },
      status: { phase: 'Running', podIP: '10.0.0.1' },
    };
    expect(podTable(read(JSON.stringify(pod)).pods, { wide: true })).toBe(
      'NAME   READY   STATUS    RESTARTS   AGE         IP         NODE   NOMINATED NODE   READINESS GATES\n' +
        'p      1/1     Running   0          <unknown>   10.0.0.1   n1     <none>           <none>\n',
    );
  });
});
