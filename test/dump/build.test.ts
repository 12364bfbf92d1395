// Labs from what people paste: little is printed, the rest follows.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildNodes } from '../../src/dump/build.ts';
import { readFiles, type SourceFile } from '../../src/dump/read-files.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { runScript } from '../../src/shell/run.ts';
import { built, printed } from './labs.ts';

function imported(files: readonly SourceFile[]): Lab {
  const { nodes, findings } = readFiles(files, { directory: 'dir' });
  expect(findings).toEqual([]);
  const lab = createLab();
  expect(
    buildNodes(
      lab,
      nodes.map(({ dump }) => dump),
    ),
  ).toEqual([]);
  return lab;
}

/** Whether the second address answers a ping from the namespace. */
async function reaches(lab: Lab, from: string, to: string): Promise<boolean> {
  const { exitCode } = await runScript({ lab, script: `ip netns exec ${from} ping -c 1 -W 2 ${to}` });
  return exitCode === 0;
}

/** A node with an IPIP block of its own and one of another node, as `ip route` alone shows it. */
const node = (
  own: number,
  other: number,
  gateway = '10.0.0.1',
) => `default via ${gateway} dev eth0 proto static
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.${own}
blackhole 10.244.${own}.0/26 proto bird
10.244.${own}.5 dev calic440f45569${own} scope link
10.244.${other}.0/26 via 10.0.0.${other} dev tunl0 proto bird onlink`;

describe('a lab from ip route alone', () => {
  const files = [
    { path: 'alpha.txt', text: node(8, 9) },
    { path: 'beta.txt', text: node(9, 8) },
  ];

  test('pods are made up from their routes and reach each other through the tunnel', async () => {
    const lab = imported(files);
    expect([...lab.names.keys()]).toEqual(['alpha', 'beta', 'pod-10.244.8.5', 'pod-10.244.9.5', 'underlay']);
    expect(await reaches(lab, 'pod-10.244.8.5', '10.244.9.5')).toBe(true);
  });

  test('a missing block route is as missing as on the node', async () => {
    const [a, b] = files as [SourceFile, SourceFile];
    const lab = imported([{ ...a, text: a.text.split('\n').slice(0, -1).join('\n') }, b]);
    expect(await reaches(lab, 'pod-10.244.8.5', '10.244.9.5')).toBe(false);
  });
});

describe('the network between nodes', () => {
  const PLAIN = (address: string, gateway: string) =>
    `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:00:${address.split('.').at(-1)?.padStart(2, '0')} brd ff:ff:ff:ff:ff:ff
    inet ${address} scope global eth0
${address.replace(/\d+\/24/, '0/24')} dev eth0 proto kernel scope link src ${address.replace('/24', '')}
default via ${gateway} dev eth0`;

  test('two subnets are joined by the router that both use', async () => {
    const lab = imported([
      { path: 'alpha.txt', text: PLAIN('10.0.0.8/24', '10.0.0.1') },
      { path: 'beta.txt', text: PLAIN('10.0.1.9/24', '10.0.1.1') },
    ]);
    expect(await reaches(lab, 'alpha', '10.0.1.9')).toBe(true);
    const { stdout } = await runScript({ lab, script: 'ip -n underlay -br -4 address' });
    expect(stdout.match(/segment\d/g)).toEqual(['segment0', 'segment1']);
  });

  test('addresses registered as /32 reach each other by their common gateway', async () => {
    const cloud = (
      last: number,
    ) => `2: ens4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1460 qdisc mq state UP group default
    link/ether 42:01:0a:80:00:0${last} brd ff:ff:ff:ff:ff:ff
    inet 10.128.0.${last}/32 scope global ens4
default via 10.128.0.1 dev ens4 proto dhcp
10.128.0.1 dev ens4 proto dhcp scope link`;
    const lab = imported([
      { path: 'alpha.txt', text: cloud(2) },
      { path: 'beta.txt', text: cloud(3) },
    ]);
    expect(await reaches(lab, 'alpha', '10.128.0.3')).toBe(true);
  });

  test('an interface without a carrier has routes that are linkdown, as on the node', async () => {
    const text = PLAIN('10.0.0.8/24', '10.0.0.1')
      .replace('UP,LOWER_UP', 'NO-CARRIER,UP')
      .replaceAll(/( dev eth0.*)/g, '$1 linkdown');
    const lab = imported([{ path: 'alpha.txt', text }]);
    const { stdout } = await runScript({ lab, script: 'sleep 2; ip -n alpha route' });
    expect(stdout.split('\n')[0]?.trim()).toBe('default via 10.0.0.1 dev eth0 linkdown');
  });
});

test('devices without details are of the kind that their names and lists tell', async () => {
  const { nodes } = readFiles(
    [
      {
        path: 'alpha.txt',
        text: `2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    inet 10.0.0.8/24 scope global eth0
3: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500
4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450
5: kube-ipvs0: <BROADCAST,NOARP> mtu 1500
6: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.8
default via 10.0.0.1 dev eth0`,
      },
    ],
    { directory: 'dir' },
  );
  const lab = createLab();
  expect(
    buildNodes(
      lab,
      nodes.map(({ dump }) => dump),
    ),
  ).toEqual([]);
  const { stdout } = await runScript({ lab, script: 'ip -n alpha -d -j link' });
  const links = JSON.parse(stdout) as {
    ifname: string;
    linkinfo?: { info_kind: string; info_data?: { id?: number } };
  }[];
  const kinds = links.map(({ ifname, linkinfo }) => [ifname, linkinfo?.info_kind, linkinfo?.info_data?.id]);
  expect(Object.fromEntries(kinds.map(([name, kind, id]) => [name, id ?? kind]))).toEqual({
    lo: undefined,
    eth0: 'veth',
    docker0: 'bridge',
    'flannel.1': 1,
    'kube-ipvs0': 'dummy',
    tunl0: 'ipip',
  });
});

test('what cannot be built is told with its command, and the rest is there', () => {
  const { nodes } = readFiles(
    [
      {
        path: 'alpha.txt',
        text: '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.8\n10.1.0.0/16 via 192.0.2.1 dev eth0',
      },
    ],
    { directory: 'dir' },
  );
  const refused = buildNodes(
    createLab(),
    nodes.map(({ dump }) => dump),
  );
  expect(refused).toEqual([
    {
      command: 'ip -n alpha route append 10.1.0.0/16 via 192.0.2.1 dev eth0',
      why: 'Nexthop has invalid gateway',
    },
  ]);
});

describe.each(['calico-ipip', 'calico-vxlan'])('the nodes of %s, printed and imported', (scenario) => {
  test('carry pods’ packets as the lab that they were printed from', async () => {
    const lab = await built(readFileSync(`captures/${scenario}/in/lab.sh`, 'utf8'));
    const paste = ['ip address', 'ip route', 'ip neigh', 'bridge fdb'];
    const files = [];
    for (const name of ['node1', 'node2'])
      files.push({ path: `${name}.txt`, text: await printed(lab, name, paste) });
    const again = imported(files);
    expect(await reaches(again, 'pod-192.168.36.73', '192.168.202.4')).toBe(true);
    const routes = async (of: Lab) => (await runScript({ lab: of, script: 'ip -n node1 route' })).stdout;
    expect(await routes(again)).toBe(await routes(lab));
  });

  test('and dumps of the pods themselves are the other ends of their cables', async () => {
    const lab = await built(readFileSync(`captures/${scenario}/in/lab.sh`, 'utf8'));
    const files = [];
    for (const name of ['node1', 'pod73', 'pod75'])
      files.push({ path: `${name}.txt`, text: await printed(lab, name, ['ip -d address', 'ip route']) });
    const again = imported(files);
    expect([...again.names.keys()].filter((name) => name.startsWith('pod'))).toEqual(['pod73', 'pod75']);
    expect(await reaches(again, 'pod73', '192.168.36.75')).toBe(true);
  });
});

describe('VLAN devices and bonds', () => {
  /** As `ip -d address` prints a node whose second network is VLAN 100 of its first. */
  const trunk = (
    own: number,
    kind = '',
  ) => `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0 minmtu 0 maxmtu 0
2: net0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:00:0${own} brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 9000
${kind}    inet 10.0.0.${own}/24 scope global net0
3: net0.100@net0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:00:00:00:00:0${own} brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 0 maxmtu 65535
    vlan protocol 802.1Q id 100 <REORDER_HDR>
    inet 10.1.0.${own}/24 scope global net0.100
`;
  const files = [
    { path: 'alpha.txt', text: trunk(1) },
    { path: 'beta.txt', text: trunk(2) },
  ];

  test('a VLAN device sends tagged frames by the device below it', async () => {
    const lab = imported(files);
    expect(await reaches(lab, 'alpha', '10.0.0.2')).toBe(true);
    const script = `ip netns exec alpha tcpdump -nei net0 vlan 100 and icmp & sleep 1
ip netns exec alpha ping -c 1 10.1.0.2 >/dev/null; sleep 1; kill %1; wait`;
    const { output } = await runScript({ lab, script });
    expect(output.match(/vlan 100, p 0, ethertype IPv4/g)).toHaveLength(2);
  });

  test('who is in no VLAN of the other is not reached', async () => {
    const other = trunk(2).replaceAll('id 100', 'id 101').replaceAll('10.1.0.', '10.2.0.');
    const lab = imported([files[0] as SourceFile, { path: 'beta.txt', text: other }]);
    expect(await reaches(lab, 'alpha', '10.1.0.2')).toBe(false);
  });

  test('a bond is told of, and stands as one cable', () => {
    const text = `2: eno1: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc mq master bond0 state UP qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
3: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 scope global bond0
`;
    const { nodes } = readFiles([{ path: 'alpha.txt', text }], { directory: 'dir' });
    expect(
      buildNodes(
        createLab(),
        nodes.map(({ dump }) => dump),
      ),
    ).toEqual([
      {
        command: 'bond0 of alpha',
        why: 'bond is not emulated: it stands as one cable; nothing goes by eno1',
      },
    ]);
  });
});
