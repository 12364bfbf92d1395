// A script does what the operations do: a real kernel can be set up by it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4 } from '../../src/addr/ipv4.ts';
import { mac } from '../../src/addr/mac.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { AdminPort } from '../../src/program/admin-port.ts';
import type { Operation } from '../../src/program/operation.ts';
import { commandOf, ScriptPort } from '../../src/program/script.ts';
import { runScript } from '../../src/shell/run.ts';
import { dumpLab } from './dump.ts';
import { GROUND, NAMESPACES, step } from './operations.ts';

function emptyLab(): Lab {
  const lab = createLab();
  for (const name of NAMESPACES) if (name !== '') lab.addNamespace(name);
  return lab;
}

const portOf = (lab: Lab, name: string): AdminPort =>
  new AdminPort(lab, lab.names.get(name) ?? lab.kernel.initial);

interface Step {
  readonly namespace: string;
  readonly operation: Operation;
}

function perform(steps: readonly Step[]): { lab: Lab; refused: number[] } {
  const lab = emptyLab();
  const refused: number[] = [];
  steps.forEach(({ namespace, operation }, index) => {
    if (portOf(lab, namespace).perform(operation) !== null) refused.push(index);
    lab.settle();
  });
  return { lab, refused };
}

async function script(steps: readonly Step[]): Promise<{ lab: Lab; refused: number[]; stderr: string }> {
  const lab = emptyLab();
  const lines = steps.map(
    ({ namespace, operation }, index) => `${commandOf(namespace, operation)} || echo ${index}`,
  );
  const { stdout, stderr } = await runScript({ lab, script: lines.join('\n') });
  return { lab, refused: stdout.split('\n').filter(Boolean).map(Number), stderr };
}

describe('the line of an operation', () => {
  test('leaves what the operation leaves, for operations of every form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (given) => {
        const ground = NAMESPACES.flatMap((namespace) =>
          GROUND.map((operation) => ({ namespace, operation })),
        );
        // What is refused makes no line: iproute2 may refuse it before the kernel has drawn an index or an address.
        const refused = new Set(perform([...ground, ...given]).refused);
        const steps = [...ground, ...given].filter((_, index) => !refused.has(index));
        const done = perform(steps);
        const said = await script(steps);
        expect(said.refused, said.stderr).toEqual(done.refused);
        expect(dumpLab(said.lab)).toEqual(dumpLab(done.lab));
      }),
      { numRuns: 150 },
    );
  });

  const cases: [sentence: string, namespace: string, operation: Operation, line: string][] = [
    [
      "a block's blackhole names the protocol and no scope",
      'node1',
      {
        do: 'route',
        verb: 'replace',
        route: {
          table: 254,
          destination: ipv4(0x0a410000),
          length: 26,
          type: 6,
          scope: 0,
          protocol: 80,
          nextHops: [],
        },
      },
      'ip -n node1 route replace blackhole 10.65.0.0/26 proto 80',
    ],
    [
      "a workload's route has iproute2's own scope and protocol",
      'node1',
      {
        do: 'route',
        verb: 'replace',
        route: {
          table: 254,
          destination: ipv4(0x0a410002),
          length: 32,
          type: 1,
          scope: 253,
          protocol: 3,
          priority: 1024,
          nextHops: [{ device: 'cali1', gateway: ipv4(0) }],
        },
      },
      'ip -n node1 route replace 10.65.0.2 dev cali1 metric 1024',
    ],
    [
      'a device with a dot in its name makes slashes of a key',
      'node1',
      { do: 'sysctl', path: 'net/ipv4/conf/vxlan.calico/rp_filter', value: '1' },
      'ip netns exec node1 sysctl -qw net/ipv4/conf/vxlan.calico/rp_filter=1',
    ],
    [
      'a setting of the initial namespace needs no netns',
      '',
      { do: 'sysctl', path: 'net/ipv4/ip_forward', value: '1' },
      'sysctl -qw net.ipv4.ip_forward=1',
    ],
    [
      'a forwarding entry is the own one of the device, and permanent',
      'node1',
      {
        do: 'replace-fdb',
        entry: {
          mac: mac(0x66f937c37e94),
          device: 'vxlan.calico',
          flags: 2,
          state: 0xc0,
          destination: ipv4(0xac000003),
        },
      },
      'bridge -n node1 fdb replace 66:f9:37:c3:7e:94 dev vxlan.calico dst 172.0.0.3 self permanent',
    ],
  ];
  test.each(cases)('%s', (_, namespace, operation, line) => {
    expect(commandOf(namespace, operation)).toBe(line);
  });
});

test('a script port writes down what was done, and not what was refused', () => {
  const lab = emptyLab();
  const lines: string[] = [];
  const port = new ScriptPort(portOf(lab, 'node1'), 'node1', (line) => lines.push(line));
  const up: Operation = { do: 'set-link', device: 'd0', change: { up: true } };
  port.perform(up);
  port.perform({ do: 'add-link', link: { name: 'd0', kind: 'dummy' } });
  port.perform(up);
  expect(lines).toEqual(['ip -n node1 link add name d0 type dummy', 'ip -n node1 link set dev d0 up']);
  expect(port.link('d0')?.flags).toBe(portOf(lab, 'node1').link('d0')?.flags);
});
