import fc from 'fast-check';
import * as yaml from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { problemText } from '../../../src/calico/resource/problem.ts';
import { readResources } from '../../../src/calico/resource/read.ts';
import type { IpPool, Node } from '../../../src/calico/resource/types.ts';

const read = (text: string, file = 'a.yaml') => readResources([{ file, text }]);
const told = (text: string): string[] => read(text).problems.map(problemText);

/** An IPPool as YAML, its spec from line 5 on. */
const pool = (name: string, ...spec: readonly string[]): string =>
  ['apiVersion: projectcalico.org/v3', 'kind: IPPool', `metadata: {name: ${name}}`, 'spec:']
    .concat(spec.map((line) => `  ${line}`))
    .join('\n');

describe('reading resources', () => {
  it('reads an IPPool and fills the defaults', () => {
    const { resources, problems } = read(pool('a', 'cidr: 10.0.0.0/16'));
    expect(problems).toEqual([]);
    expect((resources[0] as IpPool).spec).toEqual({
      cidr: '10.0.0.0/16',
      ipipMode: 'Never',
      vxlanMode: 'Never',
      natOutgoing: false,
      disabled: false,
      disableBGPExport: false,
      blockSize: 26,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
    });
  });

  it('an IPv6 pool has blocks of 122', () => {
    expect((read(pool('a', 'cidr: fd00::/48')).resources[0] as IpPool).spec.blockSize).toBe(122);
  });

  it('names file, line, column, resource, field, value and reason', () => {
    expect(told(pool('a', 'cidr: 10.0.0.0/33'))).toEqual([
      "a.yaml:5:9: error: IPPool a: spec.cidr = '10.0.0.0/33' (IPPool CIDR must be a valid subnet)",
    ]);
  });

  it.each([
    [['{}'], 'IPPool CIDR must be specified'],
    [['cidr: 10.0.0.1/16'], 'IPPool CIDR is not strictly masked'],
    [['cidr: 169.254.0.0/24'], 'IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16'],
    [['cidr: fd00::/48', 'ipipMode: Always'], 'IPIP is not supported on IPv6 pools'],
    [
      ['cidr: 10.0.0.0/16', 'ipipMode: Always', 'vxlanMode: CrossSubnet'],
      'ipipMode and vxlanMode cannot both be enabled',
    ],
    [
      ['cidr: 10.0.0.0/16', 'blockSize: 33'],
      'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    ],
    [
      ['cidr: 10.0.0.0/27'],
      'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    ],
    [['cidr: 10.0.0.0/16', 'allowedUses: [Nothing]'], 'unknown use: Nothing'],
    [
      ['cidr: 10.0.0.0/16', 'allowedUses: [LoadBalancer, Tunnel]'],
      'LoadBalancer cannot be combined with Workload or Tunnel allowed uses',
    ],
    [
      ['cidr: 10.0.0.0/16', 'nodeSelector: global()'],
      'global() selector is not valid for IPPool nodeSelector',
    ],
    [['cidr: 10.0.0.0/16', 'nodeSelector: a == b'], 'Invalid selector: expected string'],
    [['cidr: 10.0.0.0/16', 'natOutgoing: "yes"'], 'must be true or false'],
    [['cidr: 10.0.0.0/16', 'ipipMode: Sometimes'], 'must be one of Never, Always, CrossSubnet'],
  ])('refuses the pool %j: %s', (spec, reason) => {
    const { resources, problems } = read(pool('a', ...spec));
    expect(problems.map((problem) => problem.reason)).toContain(reason);
    expect(resources).toEqual([]);
  });

  it('a disabled pool may be smaller than its blocks', () => {
    expect(told(pool('a', 'cidr: 10.0.0.0/27', 'disabled: true'))).toEqual([]);
  });

  it('yes without quotes is true, as in YAML 1.1', () => {
    const { resources } = read(pool('a', 'cidr: 10.0.0.0/16', 'natOutgoing: yes'));
    expect((resources[0] as IpPool).spec.natOutgoing).toBe(true);
  });

  it('tells of all documents and goes on behind a syntax error', () => {
    const text = [pool('a', 'cidr: x'), 'kind: [', pool('b', 'cidr: y'), pool('c', 'cidr: 10.0.0.0/16')];
    const { resources, problems } = read(text.join('\n---\n'));
    expect(problems.map(({ place }) => place?.line)).toEqual([5, 8, 13]);
    expect(problems[1].reason).toContain('YAML syntax');
    expect(resources.map(({ metadata }) => metadata.name)).toEqual(['c']);
  });

  it('a broken item of a list does not take the others with it', () => {
    const item = (name: string) => `- apiVersion: v1\n  kind: Node\n  metadata:\n    name: ${name}`;
    const text = `apiVersion: v1\nitems:\n${item('n1')}\n${item('"n2')}\n${item('n3')}\nkind: List\n`;
    const { resources, problems } = read(text);
    expect(resources.map(({ metadata }) => metadata.name)).toEqual(['n1', 'n3']);
    expect(problems.length).toBe(1);
    expect(problems[0].place?.line).toBeGreaterThanOrEqual(7);
  });

  it('items of typed lists need neither kind nor apiVersion', () => {
    const list = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPoolList',
      items: [{ metadata: { name: 'a' }, spec: { cidr: '10.0.0.0/16' } }],
    };
    for (const text of [JSON.stringify(list), JSON.stringify(list, null, 2), yaml.dump(list)])
      expect(read(text).resources.length).toBe(1);
  });

  it('an anchor of one item may be used in another', () => {
    const text = [
      ...['apiVersion: v1', 'kind: List', 'items:', '- apiVersion: projectcalico.org/v3', '  kind: IPPool'],
      ...['  metadata: {name: a}', '  spec: &same {cidr: 10.0.0.0/16, disabled: true}'],
      ...['- apiVersion: projectcalico.org/v3', '  kind: IPPool', '  metadata: {name: b}', '  spec:'],
      ...['    <<: *same', '    cidr: 10.1.0.0/16'],
    ].join('\n');
    const { resources, problems } = read(text);
    expect(problems).toEqual([]);
    expect(resources.map((resource) => (resource as IpPool).spec.disabled)).toEqual([true, true]);
  });

  it('unknown fields are warnings, and status and managedFields are silent', () => {
    const text = `${pool('a', 'cidr: 10.0.0.0/16', 'ipipmode: Always')}\nstatus: {}\n`;
    expect(told(text.replace('{name: a}', '{name: a, managedFields: [{}]}'))).toEqual([
      "a.yaml:6:13: warning: IPPool a: spec.ipipmode = 'Always' (unknown field)",
    ]);
  });

  it('kinds that are not used are told once, with their number', () => {
    const other = (kind: string, name: string) =>
      `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}}`;
    const text = [other('NetworkPolicy', 'a'), other('NetworkPolicy', 'b'), other('IPool', 'c')].join(
      '\n---\n',
    );
    expect(told(text)).toEqual([
      'a.yaml:1:1: warning: NetworkPolicy: is not used (2 of them)',
      'a.yaml:9:1: warning: IPool: unknown kind of projectcalico.org/v3',
    ]);
  });

  it('of two of one name the later counts, with a warning', () => {
    const text = [pool('a', 'cidr: 10.0.0.0/16'), pool('a', 'cidr: 10.1.0.0/16')].join('\n---\n');
    const { resources, problems } = read(text);
    expect((resources[0] as IpPool).spec.cidr).toBe('10.1.0.0/16');
    expect(problems.map(problemText)).toEqual([
      'a.yaml:7:1: warning: IPPool a: is there twice: this one counts',
    ]);
  });

  it('pools that overlap are told with both names', () => {
    const text = [pool('a', 'cidr: 10.0.0.0/16'), pool('b', 'cidr: 10.0.3.0/24')].join('\n---\n');
    expect(told(text)).toEqual([
      "a.yaml:11:9: error: IPPool b: spec.cidr = '10.0.3.0/24' " +
        '(IPPool(b) CIDR overlaps with IPPool(a) CIDR 10.0.0.0/16)',
    ]);
  });

  it('a block outside any pool is a warning', () => {
    const block = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPAMBlock',
      metadata: { name: '10-9-0-0-26' },
      spec: {
        cidr: '10.9.0.0/26',
        affinity: 'host:n1',
        allocations: [null, 0],
        attributes: [{}],
        deleted: false,
      },
    };
    const { resources, problems } = read(JSON.stringify(block));
    expect(resources.length).toBe(1);
    expect(problems[0]).toMatchObject({ severity: 'warning', field: 'spec.cidr' });
  });

  it('two nodes with one tunnel address are told (projectcalico/node#12)', () => {
    const node = (name: string) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'Node',
      metadata: { name },
      spec: { bgp: { ipv4Address: `192.168.0.${name}/24`, ipv4IPIPTunnelAddr: '10.0.0.1' } },
    });
    const { problems } = read(JSON.stringify([node('1'), node('2')]));
    expect(problems.map(({ resource, field, reason }) => [resource, field, reason])).toEqual([
      ['Node 2', 'spec.bgp.ipv4IPIPTunnelAddr', 'Node 1 has it too'],
    ]);
  });

  it.each([64512, '64512', '0.64512'])('the AS number %j is one', (asNumber) => {
    const node = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { bgp: { asNumber } },
    };
    expect((read(JSON.stringify(node)).resources[0] as Node).spec.bgp?.asNumber).toBe('64512');
  });

  it.each([
    ['Node', { bgp: {} }, 'Spec.BGP should not be empty'],
    [
      'WorkloadEndpoint',
      { node: 'n1', pod: 'p', ipNetworks: ['10.0.0.0/24'] },
      'IP network contains multiple addresses',
    ],
    [
      'WorkloadEndpoint',
      {
        node: 'n1',
        pod: 'p',
        ipNetworks: ['10.0.0.1/32'],
        ipNATs: [{ internalIP: '10.0.0.2', externalIP: '1.2.3.4' }],
      },
      'NAT is not in the endpoint networks',
    ],
    ['BGPPeer', { node: 'a', nodeSelector: 'all()' }, 'node and nodeSelector cannot both be set'],
    ['BGPPeer', { peerIP: '10.0.0.1', peerSelector: 'all()' }, 'peerIP and peerSelector cannot both be set'],
    ['BGPPeer', { reachableBy: '10.0.0.1' }, 'reachableBy must be empty when peerIP is empty'],
    [
      'BGPConfiguration',
      { nodeToNodeMeshEnabled: false, nodeMeshPassword: {} },
      'nodeMeshPassword cannot be set when nodeToNodeMeshEnabled is false',
    ],
    ['FelixConfiguration', { externalNodesList: ['x'] }, 'has invalid CIDR(s)'],
    ['FelixConfiguration', { natOutgoingAddress: 'x' }, 'natOutgoingAddress must be a valid IPv4 address'],
    ['FelixConfiguration', { ipipMTU: -1 }, 'must be a whole number between 0 and 65535'],
    [
      'BlockAffinity',
      { cidr: '10.0.0.0/26', node: 'a', deleted: 'true' },
      'spec.Deleted cannot be set to "true"',
    ],
    ['IPAMBlock', { cidr: '10.0.0.0/30', allocations: [0, 1, 2, 3, 4] }, '10.0.0.0/30 has only 4 addresses'],
  ])('refuses the %s %j: %s', (kind, spec, reason) => {
    const object = { apiVersion: 'projectcalico.org/v3', kind, metadata: { name: 'default' }, spec };
    const { problems, resources } = read(JSON.stringify(object));
    expect(problems.map((problem) => problem.reason)).toContain(reason);
    expect(resources).toEqual([]);
  });

  it('a name that is none is refused in calicoctl’s words', () => {
    expect(read(pool('A_b', 'cidr: 10.0.0.0/16')).problems[0].reason).toMatch(
      /^name must consist of lower case alphanumeric characters, '-' or '\.' \(regex: /,
    );
    expect(read(pool('a'.repeat(260), 'cidr: 10.0.0.0/16')).problems[0].reason).toBe(
      'name is too long by 7 bytes',
    );
  });

  it('never throws, whatever text it is given', () => {
    const word = fc.constantFrom(
      ...[
        'apiVersion: projectcalico.org/v3',
        'kind: IPPool',
        'kind: List',
        'items:',
        '- ',
        '  ',
        '\n',
        '---\n',
      ],
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        'metadata:',
        'name: a',
        'spec:',
        'cidr: 10.0.0.0/8',
        '&a',
        '*a',
        '|',
      ],
      ...[
        '{"apiVersion":"v1","kind":"List","items":[',
        'null',
        '1',
        '"items":',
        '{"kind":"Pod","apiVersion":"v1"}',
      ],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        for (const problem of read(words.join('')).problems) expect(problem.place?.line).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('a list means the same as its items one by one, as YAML and as JSON, however it is written', () => {
    const item = fc.record({
      apiVersion: fc.constant('projectcalico.org/v3'),
      kind: fc.constant('IPPool'),
      metadata: fc.record({
        name: fc.stringMatching(/^[a-z]{1,6}$/),
        labels: fc.dictionary(fc.string(), fc.string()),
      }),
      spec: fc.record({
        cidr: fc.integer({ min: 1, max: 200 }).map((n) => `10.${n}.0.0/16`),
        disabled: fc.boolean(),
      }),
    });
    const items = fc.uniqueArray(item, { selector: ({ metadata }) => metadata.name, maxLength: 5 });
    fc.assert(
      fc.property(items, fc.boolean(), fc.integer({ min: 0, max: 4 }), (all, seqNoIndent, indent) => {
        const list = { apiVersion: 'v1', kind: 'List', items: all };
        const bare = (text: string) => read(text).resources.map(({ place: _, ...rest }) => rest);
        const single = bare(all.map((one) => yaml.dump(one)).join('---\n'));
        expect(bare(yaml.dump(list, { seqNoIndent }))).toEqual(single);
        expect(bare(yaml.dump(list, { flowLevel: 1 }))).toEqual(single);
        expect(bare(JSON.stringify(list, null, indent))).toEqual(single);
      }),
    );
  });

  it('the place of a resource is where its item begins', () => {
    const list = {
      apiVersion: 'v1',
      items: ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
      kind: 'List',
    };
    const places = (text: string) => read(text).resources.map(({ place }) => [place?.line, place?.column]);
    expect(places(yaml.dump(list, { seqNoIndent: true }))).toEqual([
      [3, 3],
      [7, 3],
    ]);
    expect(places(JSON.stringify(list, null, 2))).toEqual([
      [4, 5],
      [11, 5],
    ]);
  });
});

describe('large files', () => {
  const item = (at: number) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${at}`, annotations: { a: 'x'.repeat(900) } },
  });
  const list = { apiVersion: 'v1', kind: 'List', items: Array.from({ length: 2000 }, (_, at) => item(at)) };

  it('a JSON file that was cut off is told with its last line', () => {
    const text = JSON.stringify(list, null, 1).slice(0, -20);
    const { problems, resources } = read(text);
    expect(resources).toEqual([]);
    expect(problems.map(({ reason }) => reason)[0]).toMatch(/^JSON syntax: /);
    expect(problems[0].place?.line).toBe(text.split('\n').length);
  });

  it('thousands of problems are told, the later ones by their resource', () => {
    const wrong = { ...list, items: list.items.map((pod) => ({ ...pod, spec: { nodeName: 7 } })) };
    const { problems } = read(JSON.stringify(wrong, null, 1));
    expect(problems.length).toBe(2000);
    expect(problems.every(({ place }) => (place?.line ?? 0) > 1)).toBe(true);
  });
});
