// What a daemon hears of links, and work that it does again and again.
import { describe, expect, it } from 'vitest';
import { addLink, deleteLink, setLink } from '../../src/admin/link.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { watchLinks } from '../../src/lab/monitor.ts';
import { every } from '../../src/lab/periodic.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { runScript } from '../../src/shell/run.ts';
import { add, ok, pair, up } from '../admin/machine.ts';

const SECOND = 1_000_000;

/** Subscribes, lets what is there be told, and then collects what is new. */
function listen(lab: Lab, namespace: Namespace | null) {
  const heard: string[] = [];
  const end = watchLinks(lab, namespace, (event) =>
    heard.push(`${event.namespace.name}:${event.name}#${event.index} ${event.state}`),
  );
  const take = (seconds = 0) => {
    lab.runUntil(lab.kernel.clock.now + seconds * SECOND);
    return heard.splice(0);
  };
  return { take, end };
}

describe('a watcher of links', () => {
  it('is first told what is there, and not before the lab runs', () => {
    const lab = createLab();
    const { initial } = lab.kernel;
    add(initial, 'dummy', 'd0');
    up(initial, 'd0');
    const { take } = listen(lab, initial);
    expect(take()).toEqual([':lo#1 down', ':d0#2 up']);
    expect(take()).toEqual([]);
  });

  it('hears of carrier: a cable is up when both ends are, at once or when the link watch comes to it', () => {
    const lab = createLab();
    const { initial } = lab.kernel;
    const { take } = listen(lab, initial);
    take();
    pair(initial, 'a', 'b');
    expect(take(2)).toEqual([':b#2 down', ':a#3 down']);
    up(initial, 'a');
    expect(take(2)).toEqual([]);
    up(initial, 'b');
    expect(take(2).sort()).toEqual([':a#3 up', ':b#2 up']);
    ok(setLink(initial, 'b', { up: false }));
    expect(take(2).sort()).toEqual([':a#3 down', ':b#2 down']);
    ok(deleteLink(initial, 'a'));
    expect(take().sort()).toEqual([':a#3 gone', ':b#2 gone']);
  });

  it('hears of a new name and of a move as of one link that goes and one that comes', () => {
    const lab = createLab();
    const pod = lab.addNamespace('pod') as Namespace;
    const { initial } = lab.kernel;
    add(initial, 'dummy', 'd0');
    const here = listen(lab, initial);
    const everywhere = listen(lab, null);
    here.take();
    everywhere.take();
    ok(setLink(initial, 'd0', { name: 'd1' }));
    expect(here.take()).toEqual([':d0#2 gone', ':d1#2 down']);
    ok(setLink(initial, 'd1', { namespace: pod }));
    expect(here.take()).toEqual([':d1#2 gone']);
    expect(everywhere.take()).toEqual([':d0#2 gone', ':d1#2 down', ':d1#2 gone', 'pod:d1#2 down']);
    lab.removeNamespace('pod');
    expect(everywhere.take()).toEqual(['pod:d1#2 gone', 'pod:lo#1 gone']);
  });

  it('is not told of what is over before it could look', () => {
    const lab = createLab();
    const { initial } = lab.kernel;
    const { take } = listen(lab, initial);
    take();
    add(initial, 'dummy', 'd0');
    ok(deleteLink(initial, 'd0'));
    expect(take()).toEqual([]);
  });

  it('may change links itself, and is told of that afterwards', () => {
    const lab = createLab();
    const { initial } = lab.kernel;
    const heard: string[] = [];
    watchLinks(lab, initial, ({ name, state }) => {
      heard.push(`${name} ${state}`);
      if (name === 'd0' && state === 'down') ok(setLink(initial, 'd0', { up: true }));
    });
    add(initial, 'dummy', 'd0');
    lab.runUntil(lab.kernel.clock.now);
    expect(heard).toEqual(['lo down', 'd0 down', 'd0 up']);
  });

  it('hears nothing after it has ended, and leaves nothing behind', () => {
    const lab = createLab();
    const { initial } = lab.kernel;
    const before = lab.kernel.deviceListeners.length;
    const first = listen(lab, initial);
    const second = listen(lab, initial);
    first.end();
    first.end();
    expect([first.take(), second.take()]).toEqual([[], [':lo#1 down']]);
    second.end();
    expect(lab.kernel.deviceListeners.length).toBe(before);
    ok(addLink(initial, { kind: 'dummy', name: 'd0' }));
    expect([first.take(), second.take()]).toEqual([[], []]);
  });
});

describe('work every ten seconds', () => {
  it('is done as time passes, until it is ended', () => {
    const lab = createLab();
    const { clock } = lab.kernel;
    const times: number[] = [];
    const end = every(lab, 10 * SECOND, () => times.push((clock.now - clock.bootedAt) / SECOND));
    lab.runUntil(clock.bootedAt + 35 * SECOND);
    end();
    lab.runUntil(clock.bootedAt + 100 * SECOND);
    expect(times).toEqual([10, 20, 30]);
  });

  it('may end itself', () => {
    const lab = createLab();
    let done = 0;
    const end = every(lab, SECOND, () => {
      if (++done === 2) end();
    });
    lab.runUntil(lab.kernel.clock.now + 10 * SECOND);
    expect(done).toBe(2);
  });

  it('is done while a shell sleeps and does not keep one that waits for nothing', async () => {
    const lab = createLab();
    const { clock } = lab.kernel;
    let done = 0;
    every(lab, 10 * SECOND, () => done++);
    expect(lab.nextEvent()).toBe(Number.POSITIVE_INFINITY);
    await runScript({ lab, script: 'sleep 65; cat <(tcpdump -c 1 -i lo 2>/dev/null)' });
    expect(done).toBe(6);
    expect(clock.now - clock.bootedAt).toBeLessThan(66 * SECOND);
  });
});
