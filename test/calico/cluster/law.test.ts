// The law of the control plane: after any sequence of changes, settled at any points, with any operation refused on the
// way and the next one granted, every node and pod is as in a cluster that was started from the final resources.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Errno, refuse } from '../../../src/addr/errno.ts';
import { RELEASES, type Release } from '../../../src/calico/calc/release.ts';
import { Cluster, type ClusterOptions } from '../../../src/calico/cluster/cluster.ts';
import { createLab } from '../../../src/lab/create.ts';
import type { Port } from '../../../src/program/port.ts';
import { runScript } from '../../../src/shell/run.ts';
import { beginning, changes, type Event, refusals } from './changes.ts';
import { clusterState } from './dump.ts';

/** Refuses one operation of those that all namespaces ask for. */
class Refuser {
  private left = 0;
  private errno: number = Errno.EINVAL;

  arm(at: number, errno: number): void {
    this.left = at;
    this.errno = errno;
  }

  readonly guard = (port: Port): Port => {
    const perform: Port['perform'] = (operation) => {
      if (this.left > 0 && --this.left === 0) return refuse(this.errno);
      return port.perform(operation);
    };
    return new Proxy(port, {
      get: (target, name) => {
        const member = name === 'perform' ? perform : Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  };
}

const cluster = (release: Release, options: Partial<ClusterOptions> = {}): Cluster =>
  new Cluster(createLab(), { release, mtu: 1500, faults: [], nodeSettings: [], ...options });

function happen(subject: Cluster, refuser: Refuser, event: Event): void {
  if (event.do === 'put') subject.store.put(event.resource);
  else if (event.do === 'remove') {
    const { kind, metadata } = event.resource;
    subject.store.remove(kind, metadata.name, metadata.namespace);
  } else if (event.do === 'settle') subject.settle();
  else if (event.do === 'wait')
    subject.lab.runUntil(subject.lab.kernel.clock.now + event.seconds * 1_000_000);
  else if (event.do === 'fail') refuser.arm(event.at, event.errno);
}

/** tunl0 is the kernel's: where IPIP was on once it stays, without an address, and BIRD may have routes by it. */
function withoutRelics(subject: Cluster, state: Record<string, string[]>): Record<string, string[]> {
  const lines = ([name, all]: [string, string[]]): [string, string[]] => {
    const isOff = subject.agent(name) === null || !subject.graph.encapsulation(name).ipip;
    return [name, isOff ? all.filter((line) => !/^(link tunl0|route .* dev tunl0)\b/.test(line)) : all];
  };
  return Object.fromEntries(Object.entries(state).map(lines));
}

const stateOf = (subject: Cluster) =>
  withoutRelics(subject, clusterState(subject.lab, new Set(subject.nodes)));

function expectLaw(release: Release, events: readonly Event[]): void {
  const refuser = new Refuser();
  const subject = cluster(release, { guard: refuser.guard });
  for (const event of [...beginning, ...events]) happen(subject, refuser, event);
  refuser.arm(0, 0);
  expect(subject.settle()).toEqual([]);
  const fresh = cluster(release);
  for (const resource of subject.store.all()) fresh.store.put(resource);
  expect(fresh.settle()).toEqual([]);
  expect(stateOf(subject)).toEqual(stateOf(fresh));
}

test.each(RELEASES)(
  '%s: any order of changes (bird#22, calico#8071) ends as a fresh start from the final resources',
  (release) => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 30 }), (events) => expectLaw(release, events)),
      { numRuns: 40 },
    );
  },
);

test.each(RELEASES)('%s: so it does where operations are refused and asked for again', (release) => {
  const events = fc.array(fc.oneof({ weight: 4, arbitrary: changes }, { weight: 1, arbitrary: refusals }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(events, (path) => expectLaw(release, path)),
    { numRuns: 40 },
  );
});

test('a script of all that was done makes the same in a shell', async () => {
  const events = fc.array(changes, { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...RELEASES), events, async (release, path) => {
      const refuser = new Refuser();
      const lines: string[] = [];
      const script = (line: string) => lines.push(line);
      const subject = cluster(release, { script });
      for (const event of [...beginning, ...path, { do: 'settle' } as const]) happen(subject, refuser, event);
      const { lab, output } = await runScript({ script: lines.join('\n') });
      expect(output).toBe('');
      const nodes = new Set(subject.nodes);
      expect(clusterState(lab, nodes)).toEqual(clusterState(subject.lab, nodes));
    }),
    { numRuns: 40 },
  );
});
