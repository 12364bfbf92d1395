// `vrouter import` and `vrouter diff` as a user meets them: what they print where, and how they end.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const LAB = 'captures/calico-ipip/in/lab.sh';
const directory = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(directory, { recursive: true }));

const ROUTES = `default via 10.211.55.1 dev eth0
10.211.55.0/24 dev eth0 proto kernel scope link src 10.211.55.8
blackhole 192.168.36.64/26 proto bird
192.168.36.73 dev calic2730abf871 scope link
192.168.36.75 dev calif6f6818d0b6 scope link
192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink
`;

const nodes = join(directory, 'nodes');
mkdirSync(join(nodes, 'node1'), { recursive: true });
writeFileSync(join(nodes, 'node1/ip-r.txt'), ROUTES);
writeFileSync(
  join(nodes, 'node2.txt'),
  `root@node2:~# ip r
default via 10.211.55.1 dev eth0
10.211.55.0/24 dev eth0 proto kernel scope link src 10.211.55.9
192.168.202.4 dev cali3a3e66463d6 scope link
192.168.36.64/26 via 10.211.55.8 dev tunl0 proto bird onlink
`,
);
const odd = join(directory, 'odd');
mkdirSync(odd);
writeFileSync(join(odd, 'node1.txt'), `${ROUTES}this is no route\n`);

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

function vrouter(args: readonly string[], input = ''): Run {
  const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsx, 'src/cli/main.ts', ...args], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { stdout, stderr, status };
}

describe('vrouter import', () => {
  test('says what was understood of each node, and ends with 0', () => {
    const { stdout, status } = vrouter(['import', nodes]);
    expect(stdout).toMatch(/^node1: .* 6 routes, .*\(node1\/ip-r\.txt\)$/m);
    expect(stdout).toMatch(/^node2: .* 4 routes, .*\(node2\.txt\)$/m);
    expect(status).toBe(0);
  });

  test('tells lines that it did not understand with file and line, and ends with 1', () => {
    const { stdout, status } = vrouter(['import', odd]);
    expect(stdout).toContain('node1.txt:7: not understood: this is no route');
    expect(status).toBe(1);
    const document = JSON.parse(vrouter(['import', odd, '--json']).stdout);
    expect(document).toMatchObject({ version: 1, nodes: [{ name: 'node1', routes: 6 }] });
  });

  test('prints a script that builds the same lab as --import', () => {
    const { stdout: script, status } = vrouter(['import', nodes, '--print-script']);
    expect(status).toBe(0);
    const question =
      'ip -n node1 route; ip netns exec pod-192.168.36.73 ping -c 1 192.168.202.4 | grep -c ttl=62';
    const byScript = vrouter(['sh', '-c', `${script}\n${question}`]);
    const byImport = vrouter(['sh', '--import', nodes, '-c', question]);
    expect(byImport.stdout).toBe(byScript.stdout);
    expect(byImport.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      ...ROUTES.split('\n').slice(0, -1),
      '1',
      '',
    ]);
  });

  test('trace goes through the imported lab', () => {
    const { stdout, status } = vrouter(['trace', '--import', nodes, 'pod-192.168.36.73', '192.168.202.4']);
    expect(stdout).toContain('route 192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink');
    expect(status).toBe(0);
  });

  test.each([
    ['a directory that is not there', ['import', join(directory, 'none')]],
    ['a lab of two kinds', ['trace', '--import', nodes, '--lab', LAB, 'a', 'b']],
    ['no directory', ['import']],
  ])('%s is wrong use: 2', (_, args) => {
    const { stdout, stderr, status } = vrouter(args);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).not.toBe('');
  });
});

describe('vrouter diff', () => {
  const diff = (...args: string[]) => ['diff', '--lab', LAB, '--node', 'node1', ...args];

  test('a node as programmed ends with 0', () => {
    const { stdout, status } = vrouter(diff(join(nodes, 'node1')));
    expect([stdout, status]).toEqual(['node1: as programmed\n', 0]);
  });

  test('differences come with their pods, from standard input too, and end with 1', () => {
    const { stdout, status } = vrouter(diff('-'), ROUTES.split('\n').slice(0, -2).join('\n'));
    expect(stdout).toContain('- route 192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink');
    expect(stdout).toContain(
      '192.168.202.0/26 (2 pods: pod4, pod5) goes by the default route to 10.211.55.1 on eth0',
    );
    expect(status).toBe(1);
  });

  test('--json has a version and every difference', () => {
    const { stdout } = vrouter(diff('-', '--json'), ROUTES.replace(/^blackhole.*\n/m, ''));
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      node: 'node1',
      equal: false,
      differences: [
        { section: 'route', kind: 'missing', programmed: 'blackhole 192.168.36.64/26 proto bird' },
      ],
      notUnderstood: [],
    });
  });

  test.each([
    ['a node that the lab has not', ['diff', '--lab', LAB, '--node', 'node7', join(nodes, 'node1')]],
    ['a file with nothing in it', diff('/dev/null')],
    ['no lab', ['diff', '--node', 'node1', nodes]],
  ])('%s is wrong use: 2', (_, args) => {
    const { stdout, stderr, status } = vrouter(args);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toMatch(/^vrouter diff: /);
  });
});

test("README's example prints what README says", () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, paste, printed] = /node1\.txt`,\n\n```\n(.*?)```.*?```\n(node1: .*?)```/s.exec(readme) ?? [];
  const { stdout } = vrouter(['diff', '--lab', LAB, '--node', 'node1', '-'], paste);
  expect(stdout).toBe(printed);
});
