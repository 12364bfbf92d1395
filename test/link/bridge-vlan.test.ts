// VLANs of a bridge: who hears whom, what the frames look like between switches, and what stays of them. The kernel's word
// on most of it is captures/bridge-vlan and captures/bridge-vlan-words.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeVlans } from '../../src/admin/bridge-vlan.ts';
import { setLink } from '../../src/admin/link.ts';
import { runScript } from '../../src/shell/run.ts';
import { World } from '../ip/world.ts';

const HOSTS = 4;

/** Hosts at one switch, each in a VLAN of its own port; known to each other, so that nothing is asked. */
const switched = (vlans: readonly number[]): string => `
ip link add br0 type bridge vlan_filtering 1 mcast_snooping 0; ip link set br0 up
${vlans
  .map(
    (vlan, i) => `ip netns add h${i}; ip link add p${i} type veth peer name eth0 netns h${i}
ip link set p${i} master br0 up; bridge vlan del dev p${i} vid 1; bridge vlan add dev p${i} vid ${vlan} pvid untagged
ip -n h${i} link set eth0 address 02:00:00:00:00:0${i} up; ip -n h${i} addr add 10.0.0.${i + 1}/24 dev eth0
${vlans.map((_, j) => `ip -n h${i} neigh replace 10.0.0.${j + 1} lladdr 02:00:00:00:00:0${j} dev eth0`).join('\n')}`,
  )
  .join('\n')}
sleep 1
`;

const heard = async (script: string): Promise<string> => (await runScript({ script })).output;

const asks = (from: number, to: number): string =>
  `ip netns exec h${from} ping -c 1 -W 1 10.0.0.${to + 1} > /dev/null && echo yes || echo no`;

test('hosts hear each other if their ports are in one VLAN, whatever was tried before', async () => {
  const vlan = fc.integer({ min: 1, max: 3 });
  const anyLab = fc.tuple(
    fc.array(vlan, { minLength: HOSTS, maxLength: HOSTS }),
    fc.array(fc.tuple(fc.nat(HOSTS - 1), fc.nat(HOSTS - 1)), { minLength: 1, maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(anyLab, async ([vlans, pairs]) => {
      const others = pairs.filter(([from, to]) => from !== to);
      const output = await heard(switched(vlans) + others.map((pair) => asks(...pair)).join('\n'));
      const expected = others.map(([from, to]) => (vlans[from] === vlans[to] ? 'yes\n' : 'no\n'));
      expect(output).toBe(expected.join(''));
    }),
    { numRuns: 12 },
  );
});

test('without filtering all hear all', async () => {
  expect(await heard(`${switched([1, 2])}ip link set br0 type bridge vlan_filtering 0\n${asks(0, 1)}`)).toBe(
    'yes\n',
  );
});

describe('a tag of a frame that comes in', () => {
  const hexBytes = (hex: string): Uint8Array =>
    Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

  /** The link header of what the trunk of VLAN 7 sends for a frame of an access port of VLAN 7. */
  function passed(tag: string): string[] {
    const world = new World().cable('sw:p0', 'a:eth0').cable('sw:p1', 'b:eth0');
    const sw = world.namespace('sw');
    world.link('sw:br0', { kind: 'bridge', bridge: { vlanFiltering: true, mcastSnooping: false } });
    for (const device of ['p0', 'p1']) {
      expect(setLink(sw, device, { master: 'br0' })).toBeNull();
      const vlan = { device, first: 7, last: 7, pvid: device === 'p0', untagged: device === 'p0' };
      expect(changeVlans(sw, 'add', { ...vlan, master: true, self: false })).toBeNull();
    }
    world.watch('b:eth0');
    world.lab.receive(sw, 'p0', hexBytes(`ffffffffffff020000000099${tag}88b5${'00'.repeat(46)}`));
    world.lab.settle();
    const frames = (world.frames.get('b:eth0') ?? []).map((frame) => Buffer.from(frame).toString('hex'));
    return frames.filter((hex) => hex.slice(12, 24) === '020000000099').map((hex) => hex.slice(24, 36));
  }

  test.each([
    ['without one', '', '8100000788b5'],
    ['a priority goes on in the VLAN of the port', '8100a000', '8100a00788b5'],
    ['the port’s own VLAN', '81006007', '8100600788b5'],
    ['another VLAN', '81000008', undefined],
    ['a tag of the other kind is data', '88a80007', '8100000788a8'],
    ['only the first tag counts', '8100000781000008', '810000078100'],
  ])('%s', (_, tag, expected) => {
    expect(passed(tag)).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('entries', () => {
  const entries = 'bridge fdb show br br0 | grep "00:00:0[0-9] .*master" | sort';

  test('what was learnt in a VLAN goes with it', async () => {
    const script = `${switched([5, 5])}${asks(0, 1)}
bridge fdb show br br0 dynamic | grep -c 'vlan 5'
bridge vlan del dev p0 vid 5; bridge fdb show br br0 dynamic | grep 'vlan 5'`;
    expect(await heard(script)).toBe('yes\n2\n02:00:00:00:00:01 dev p1 vlan 5 master br0 \n');
  });

  test('a port that has another address has it in all its VLANs', async () => {
    const script = `ip link add br0 type bridge; ip link add d0 type dummy; ip link set d0 master br0
bridge vlan add dev d0 vid 9; ip link set d0 address 02:00:00:00:00:07; ${entries}`;
    expect(await heard(script)).toBe(
      ['', 'vlan 1 ', 'vlan 9 ']
        .map((vlan) => `02:00:00:00:00:07 dev d0 ${vlan}master br0 permanent\n`)
        .join(''),
    );
  });

  test('a port that leaves takes all with it', async () => {
    const script = `ip link add br0 type bridge; ip link add d0 type dummy; ip link set d0 address 02:00:00:00:00:07
ip link set d0 master br0; bridge vlan add dev d0 vid 2-9; ip link set d0 nomaster; ${entries}; bridge vlan`;
    expect(await heard(script)).toBe(
      'port              vlan-id  \nbr0               1 PVID Egress Untagged\n',
    );
  });
});
