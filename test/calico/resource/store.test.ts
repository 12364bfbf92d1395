import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/calico/resource/kubernetes.ts';
import { readResources } from '../../../src/calico/resource/read.ts';
import { type Change, ResourceStore } from '../../../src/calico/resource/store.ts';
import type { Resource } from '../../../src/calico/resource/types.ts';

const read = (object: object) => readResources([{ file: 's.json', text: JSON.stringify(object) }]);

const pool = (name: string, spec: object): Resource =>
  read({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec }).resources[0];

const pod = (name: string, node: string, ip: string, phase = 'Running'): Pod =>
  read({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { nodeName: node },
    status: { phase, podIP: ip },
  }).pods[0];

const written = (name: string, podName: string): Resource =>
  read({
    apiVersion: 'projectcalico.org/v3',
    kind: 'WorkloadEndpoint',
    metadata: { name },
    spec: { node: 'n9', pod: podName, ipNetworks: ['10.0.0.99/32'] },
  }).resources[0];

let store: ResourceStore;
let changes: Change[];

beforeEach(() => {
  store = new ResourceStore();
  changes = [];
  store.watch((change) => changes.push(change));
});

const endpoints = () => store.list('WorkloadEndpoint').map(({ metadata }) => metadata.name);
const reasons = (resource: Resource) => store.put(resource).map(({ reason }) => reason);

describe('the store of resources', () => {
  it('lists by name, not by the order of coming', () => {
    for (const [at, name] of ['b', 'a10', 'a2'].entries())
      expect(store.put(pool(name, { cidr: `10.${at}.0.0/16` }))).toEqual([]);
    expect(store.list('IPPool').map(({ metadata }) => metadata.name)).toEqual(['a10', 'a2', 'b']);
  });

  it('a pool’s CIDR and block size cannot be modified, its mode can', () => {
    store.put(pool('a', { cidr: '10.0.0.0/16' }));
    expect(reasons(pool('a', { cidr: '10.1.0.0/16' }))).toEqual(['IPPool CIDR cannot be modified']);
    expect(reasons(pool('a', { cidr: '10.0.0.0/16', blockSize: 28 }))).toEqual([
      'IPPool BlockSize cannot be modified',
    ]);
    expect(reasons(pool('a', { cidr: '10.0.0.0/16', ipipMode: 'Always' }))).toEqual([]);
    expect(store.get('IPPool', 'a')?.spec.ipipMode).toBe('Always');
    expect(changes.length).toBe(2);
  });

  it('a pool that overlaps another is refused and changes nothing', () => {
    store.put(pool('a', { cidr: '10.0.0.0/16' }));
    expect(reasons(pool('b', { cidr: '10.0.1.0/24' }))).toEqual([
      'IPPool(b) CIDR overlaps with IPPool(a) CIDR 10.0.0.0/16',
    ]);
    expect(store.get('IPPool', 'b')).toBeNull();
  });

  it('removing what is not there is told in calicoctl’s words', () => {
    expect(store.remove('IPPool', 'x')[0].reason).toBe('resource does not exist: IPPool(x)');
    expect(store.removePod('x')[0].reason).toBe('resource does not exist: Pod(default/x)');
  });

  it('a pod’s endpoint comes, moves and goes with it', () => {
    store.putPod(pod('p', 'n1', '10.0.0.1'));
    expect(endpoints()).toEqual(['n1-k8s-p-eth0']);
    store.putPod(pod('p', 'n2', '10.0.0.1'));
    expect(endpoints()).toEqual(['n2-k8s-p-eth0']);
    store.putPod(pod('p', 'n2', '10.0.0.1', 'Failed'));
    expect(endpoints()).toEqual([]);
    expect(store.listPods().length).toBe(1);
    store.putPod(pod('p', 'n2', '10.0.0.1'));
    store.removePod('p');
    expect([endpoints(), store.listPods()]).toEqual([[], []]);
  });

  it('an endpoint that is written down stands for the pod while it is there', () => {
    store.putPod(pod('p', 'n1', '10.0.0.1'));
    store.put(written('x', 'p'));
    expect(endpoints()).toEqual(['x']);
    store.putPod(pod('p', 'n2', '10.0.0.1'));
    expect(endpoints()).toEqual(['x']);
    store.remove('WorkloadEndpoint', 'x', 'default');
    expect(endpoints()).toEqual(['n2-k8s-p-eth0']);
  });

  it('an endpoint that follows from a pod goes with the pod only', () => {
    store.putPod(pod('p', 'n1', '10.0.0.1'));
    expect(store.remove('WorkloadEndpoint', 'n1-k8s-p-eth0', 'default')[0].reason).toBe(
      'operation Delete is not supported on WorkloadEndpoint(default/n1-k8s-p-eth0)',
    );
    expect(endpoints()).toEqual(['n1-k8s-p-eth0']);
    store.removePod('p');
    expect(endpoints()).toEqual([]);
  });

  it('a pod never has two endpoints, and the changes told add up to what is listed', () => {
    const name = fc.constantFrom('p', 'q');
    const step = fc.oneof(
      fc.record({ op: fc.constant('pod' as const), name, node: fc.constantFrom('n1', 'n2') }),
      fc.record({ op: fc.constant('gone' as const), name }),
      fc.record({ op: fc.constant('write' as const), name, as: fc.constantFrom('x', 'n1-k8s-p-eth0') }),
      fc.record({ op: fc.constant('unwrite' as const), as: fc.constantFrom('x', 'n1-k8s-p-eth0') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const own = new ResourceStore();
        const seen = new Map<string, Resource>();
        own.watch(({ before, after }) => {
          const key = (after ?? before)?.metadata.name as string;
          expect(before).toBe(seen.get(key) ?? null);
          if (after === null) seen.delete(key);
          else seen.set(key, after);
        });
        for (const at of steps) {
          if (at.op === 'pod') own.putPod(pod(at.name, at.node, '10.0.0.1'));
          else if (at.op === 'gone') own.removePod(at.name);
          else if (at.op === 'write') own.put(written(at.as, at.name));
          else own.remove('WorkloadEndpoint', at.as, 'default');
        }
        const listed = own.list('WorkloadEndpoint');
        const ofPod = listed.filter(({ spec }) => spec.node !== 'n9').map(({ spec }) => spec.pod);
        expect(new Set(ofPod).size).toBe(ofPod.length);
        expect(new Set(seen.values())).toEqual(new Set(listed));
      }),
    );
  });
});
