// Captures of a real kernel against the scripts that it ran: what Linux sent is what the lab would have sent.
import { describe, expect, test } from 'vitest';
import { beforeCapture, buildLab, captureFile, faults, replayCapture, scriptText } from './labs.ts';

const PODS = ['calic2730abf871', 'calif6f6818d0b6'];
const REMOTE_PODS = ['cali3a3e66463d6', 'cali8e9fad9b07c'];

describe.each([
  ['calico-ipip', 'tunl0'],
  ['calico-vxlan', 'vxlan.calico'],
])('%s', (scenario, tunnel) => {
  const lab = scriptText(`${scenario}/in/lab.sh`);
  const places = [
    ...['eth0', tunnel, ...PODS].map((device) => ['node1', device] as const),
    ...['eth0', tunnel, ...REMOTE_PODS].map((device) => ['node2', device] as const),
    ['pod75', 'eth0'] as const,
    ['pod5', 'eth0'] as const,
  ];
  test.each(places)('at %s:%s everything is as programmed', async (host, device) => {
    const capture = captureFile(`${scenario}/golden/${host}-${device}.pcap`);
    const verdicts = replayCapture(await buildLab(lab), `${host}:${device}`, capture);
    expect(verdicts.length).toBeGreaterThan(10);
    expect(faults(verdicts)).toEqual([]);
  });
});

test('the one packet of a pod for which the recorded script had raised the MTU is found', async () => {
  const lab = await buildLab(scriptText('calico-ipip/in/lab.sh'));
  const verdicts = replayCapture(lab, 'pod73:eth0', captureFile('calico-ipip/golden/pod73-eth0.pcap'));
  expect(faults(verdicts)).toEqual(['51 should-drop: expected dropped, seen bare on eth0']);
  expect(verdicts[50]).toMatchObject({
    reason: 'SKB_DROP_REASON_PKT_TOO_BIG',
    notes: ['mtu of eth0 is 1480 in the lab: was it larger when this was captured?', 'no ICMP is sent'],
  });
});

test('three pings of a pod, as the README shows them', async () => {
  const lab = await buildLab(scriptText('calico-ipip/in/lab.sh'));
  const verdicts = replayCapture(lab, 'node1:eth0', captureFile('ipip.cap'));
  expect(verdicts.map(({ kind, expected }) => `${kind}: ${expected}`)).toEqual([
    'as-programmed: asks for a neighbour',
    'as-programmed: noted',
    'as-programmed: encapsulated to 10.211.55.9 by tunl0',
    'as-programmed: decapsulated by tunl0, forwarded to pod73 by calic2730abf871',
    'as-programmed: encapsulated to 10.211.55.9 by tunl0',
    'as-programmed: decapsulated by tunl0, forwarded to pod73 by calic2730abf871',
    'as-programmed: encapsulated to 10.211.55.9 by tunl0',
    'as-programmed: decapsulated by tunl0, forwarded to pod73 by calic2730abf871',
  ]);
});

test.each([
  ['the tunnel’s own host', 'ipip-walkthrough', 'ns1-eth0', 'ns1:eth0'],
  ['a tunnel device, which has no MAC addresses', 'ipip-walkthrough', 'ns1-tunl1', 'ns1:tunl1'],
  ['the other end of the tunnel', 'ipip-walkthrough', 'ns2-eth0', 'ns2:eth0'],
  ['the router between them, in the initial namespace', 'ipip-walkthrough', 'veth1', ':veth1'],
  ['a router with a small MTU on the far side', 'pmtu-chain', 'middle', 'r2:eth0'],
  ['a router that gets fragments', 'pmtu-chain', 'right', 'r2:eth1'],
  ['a host that answers with fragments', 'pmtu-chain', 'right', 'right:eth0'],
  ['a router that redirects', 'redirects', 'r1', 'r1:eth0'],
  ['a router that limits its errors', 'icmp-limits', 'a', 'r:eth0'],
  ['a router that traceroute goes through', 'traceroute', 'n0', 'n1:left'],
  ['the host that traceroute probes', 'traceroute', 'n4', 'n4:left'],
  ['the host that traceroute runs on', 'traceroute', 'n0', 'n0:right'],
  ['a host that loses its neighbour and asks again', 'neigh-states', 'a', 'a:eth0'],
  ['a VTEP that is flooded', 'vxlan-flood', 'b-eth0', 'b:eth0'],
])('%s', async (_, scenario, capture, at) => {
  const open = beforeCapture(scenario);
  const script = /for \w+ in [^\n]*; do\n?$/.test(`${open}\n`) ? `${open}\n:; done` : open;
  const verdicts = replayCapture(
    await buildLab(script),
    at,
    captureFile(`${scenario}/golden/${capture}.pcap`),
  );
  expect(verdicts.length).toBeGreaterThan(5);
  expect(faults(verdicts)).toEqual([]);
});
