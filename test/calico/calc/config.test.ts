// Configuration, its defaults by release, and what follows from it for MTUs (calico.md 0, 2.1, 7.7).
import { expect, test } from 'vitest';
import { asNumber, bgpConfig, clusterRouteProtocol, felixConfig } from '../../../src/calico/calc/config.ts';
import type { Encapsulation } from '../../../src/calico/calc/encapsulation.ts';
import { CalcGraph } from '../../../src/calico/calc/graph.ts';
import { hostMtu, type MtuLink, podMtu, tunnelMtus } from '../../../src/calico/calc/mtu.ts';
import { profileOf, RELEASES } from '../../../src/calico/calc/release.ts';
import type { FelixConfigurationSpec } from '../../../src/calico/resource/types.ts';
import { felix, pool } from './resources.ts';

const link = (name: string, mtu: number, operUp = true): MtuLink => ({ name, mtu, operUp });
const IPIP: Encapsulation = { ipip: true, vxlan: false, noEncap: false };
const VXLAN: Encapsulation = { ipip: false, vxlan: true, noEncap: false };
const NONE: Encapsulation = { ipip: false, vxlan: false, noEncap: true };

/** The MTUs of a node with these links. */
function mtus(links: readonly MtuLink[], encapsulation: Encapsulation, spec: FelixConfigurationSpec = {}) {
  const config = felixConfig(profileOf('v3.33'), spec);
  const host = hostMtu(links, config.mtuIfacePattern);
  const tunnels = tunnelMtus(host, config);
  return { ...tunnels, pod: podMtu(host, tunnels, encapsulation) };
}

test('S68: VXLAN takes 50 from the host, and vxlanMTU counts before it', () => {
  expect(mtus([link('eth0', 1500)], VXLAN)).toMatchObject({ vxlan: 1450, pod: 1450 });
  expect(mtus([link('eth0', 1400)], VXLAN)).toMatchObject({ vxlan: 1350, pod: 1350 });
  expect(mtus([link('eth0', 1400)], VXLAN, { vxlanMTU: 1300 })).toMatchObject({ vxlan: 1300, pod: 1300 });
});

test('S68: the port and the VNI of VXLAN follow the configuration', () => {
  expect(felixConfig(profileOf('v3.33'), {})).toMatchObject({ vxlanPort: 4789, vxlanVni: 4096 });
  const config = felixConfig(profileOf('v3.33'), { vxlanPort: 4790, vxlanVNI: 4097 });
  expect(config).toMatchObject({ vxlanPort: 4790, vxlanVni: 4097 });
});

test('S70: IPIP takes 20 from the host, and ipipMTU counts before it', () => {
  expect(mtus([link('eth0', 1500)], IPIP)).toMatchObject({ ipip: 1480, pod: 1480 });
  expect(mtus([link('eth0', 1400)], IPIP)).toMatchObject({ ipip: 1380, pod: 1380 });
  expect(mtus([link('eth0', 1400)], IPIP, { ipipMTU: 1300 })).toMatchObject({ ipip: 1300, pod: 1300 });
});

test('S77: the smallest link that is up and matches counts, else 1460', () => {
  const eth0 = link('eth0', 1362);
  expect(mtus([eth0], VXLAN).pod).toBe(1312);
  expect(mtus([eth0, link('eth1', 1350, false)], VXLAN).pod).toBe(1312);
  expect(mtus([eth0, link('eth1', 1350), link('cali1', 1000)], VXLAN).pod).toBe(1300);
  expect(mtus([eth0], VXLAN, { mtuIfacePattern: 'foo' }).pod).toBe(1410);
  expect(mtus([eth0], NONE, { mtuIfacePattern: 'foo' }).pod).toBe(1460);
});

test('with several encapsulations on, a pod has the smallest of their MTUs', () => {
  expect(mtus([link('eth0', 9001)], { ...IPIP, vxlan: true })).toEqual({
    ipip: 8981,
    vxlan: 8951,
    pod: 8951,
  });
});

test('the pattern of v3.20 knows no interface names by PCI domain', () => {
  const [old, now] = (['v3.20', 'v3.31'] as const).map(
    (one) => felixConfig(profileOf(one), {}).mtuIfacePattern,
  );
  expect([old.test('enP5p1s0'), now.test('enP5p1s0')]).toEqual([false, true]);
  expect(old.test('ens5')).toBe(true);
});

test('a pattern that is none falls back to the default', () => {
  const config = felixConfig(profileOf('v3.33'), { mtuIfacePattern: '(' });
  expect(config.mtuIfacePattern.test('eth0')).toBe(true);
});

test('BIRD writes the routes of IPIP and of unencapsulated pools before v3.33, Felix those of IPIP from then on', () => {
  const writers = RELEASES.map((release) => {
    const profile = profileOf(release);
    return [felixConfig(profile, {}).clusterRoutes, bgpConfig(profile, {}).clusterRoutes];
  });
  const [nothing, both] = [
    { ipip: false, noEncap: false },
    { ipip: true, noEncap: true },
  ];
  const bird = [nothing, both];
  const shared = [
    { ipip: true, noEncap: false },
    { ipip: false, noEncap: true },
  ];
  expect(writers).toEqual([bird, bird, bird, shared]);
});

test('programClusterRoutes has no meaning in v3.20, two values in v3.31, four in v3.33', () => {
  const chosen = (option: 'Enabled' | 'EnabledNoEncapOnly') =>
    RELEASES.map((release) => {
      const { ipip, noEncap } = felixConfig(profileOf(release), {
        programClusterRoutes: option,
      }).clusterRoutes;
      return `${ipip} ${noEncap}`;
    });
  expect(chosen('Enabled')).toEqual(['false false', 'true true', 'true true', 'true true']);
  expect(chosen('EnabledNoEncapOnly')).toEqual(['false false', 'false false', 'false false', 'false true']);
});

test('route priorities may be set from v3.32 on', () => {
  const spec = { ipv4NormalRoutePriority: 100, ipv4ElevatedRoutePriority: 50 };
  const priorities = RELEASES.map((release) => felixConfig(profileOf(release), spec).workloadRoutePriority);
  expect(priorities).toEqual([0, 0, 100, 100]);
  expect(felixConfig(profileOf('v3.32'), {})).toMatchObject({
    workloadRoutePriority: 1024,
    elevatedRoutePriority: 512,
  });
});

test('Felix marks its routes with 80 unless another protocol than boot is configured', () => {
  const protocols = [undefined, 3, 117].map((deviceRouteProtocol) =>
    clusterRouteProtocol(felixConfig(profileOf('v3.33'), { deviceRouteProtocol })),
  );
  expect(protocols).toEqual([80, 80, 117]);
});

test('the configuration of a node counts before the default, for that node alone', () => {
  const graph = new CalcGraph('v3.33');
  graph.put(felix({ ipipMTU: 1400, vxlanPort: 4790 }));
  graph.put(felix({ ipipMTU: 1300 }, 'node.a'));
  expect(graph.config('a')).toMatchObject({ ipipMtu: 1300, vxlanPort: 4790 });
  expect(graph.config('b')).toMatchObject({ ipipMtu: 1400, vxlanPort: 4790 });
});

test('an encapsulation is on if it is configured so, else if a pool, disabled or not, asks for it', () => {
  const graph = new CalcGraph('v3.33');
  graph.put(pool('p', '10.0.0.0/16', { ipipMode: 'CrossSubnet', disabled: true }));
  graph.put(felix({ ipipEnabled: false, vxlanEnabled: true }, 'node.a'));
  expect(graph.encapsulation('a')).toMatchObject({ ipip: false, vxlan: true });
  expect(graph.encapsulation('b')).toMatchObject({ ipip: true, vxlan: false });
});

test('an AS number may be written in two parts', () => {
  expect([asNumber('64512'), asNumber('1.10'), asNumber(undefined), asNumber('x')]).toEqual([
    64512,
    65546,
    null,
    null,
  ]);
});
