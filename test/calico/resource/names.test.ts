import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMac } from '../../../src/addr/mac.ts';
import {
  affinityName,
  blockName,
  endpointName,
  sha1,
  vethName,
  vxlanMac,
} from '../../../src/calico/resource/names.ts';

describe('names that Calico derives', () => {
  it('SHA-1 is that of Node for any text, whatever its length and script', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 50, maxLength: 140 }));
    fc.assert(
      fc.property(text, (value) => {
        expect(sha1(value)).toBe(createHash('sha1').update(value, 'utf8').digest('hex'));
      }),
      { numRuns: 50 },
    );
  });

  it('a pod’s interface is named by the hash of namespace.pod, as in conversion_test.go', () => {
    expect(vethName('default', 'nginx')).toBe('calic440f455693');
    expect(vethName('default', 'pod1')).toBe('calice0906292e2');
  });

  it('of a list of interface prefixes the first counts', () => {
    expect(vethName('namespace', 'podname', 'eni,veth,foo')).toBe('eni82111e10a96');
  });

  it('the MAC of vxlan.calico comes from the node’s name (calico.md 3.1)', () => {
    const macs = ['node1', 'node2', 'remotehostname', 'remotehostname2', 'localhostname'].map((node) =>
      formatMac(vxlanMac(node)),
    );
    expect(macs).toEqual([
      '66:f9:37:c3:7e:94',
      '66:2d:bf:44:a6:8b',
      '66:3e:ca:a4:db:65',
      '66:40:18:59:1f:16',
      '66:48:f6:56:dc:f1',
    ]);
  });

  it('dashes within the parts of an endpoint’s name are doubled', () => {
    expect(endpointName('node', 'pod-name', 'eth0')).toBe('node-k8s-pod--name-eth0');
  });

  it('blocks and affinities are named by their prefix with dashes', () => {
    expect(blockName('10.244.1.0/26')).toBe('10-244-1-0-26');
    expect(affinityName('node1', '10.244.1.0/26')).toBe('node1-10-244-1-0-26');
  });
});
