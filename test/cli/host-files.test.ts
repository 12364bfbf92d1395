// The host's directory under a script: read lazily, untouched without --write, and never left with it.
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHostFiles } from '../../src/cli/host-files.ts';
import { runScript } from '../../src/shell/run.ts';

let outer: string;
let inside: string;
let secret: string;

beforeEach(() => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), 'vrouter-')));
  inside = join(outer, 'work');
  secret = join(outer, 'secret');
  mkdirSync(inside);
  mkdirSync(secret);
  writeFileSync(join(secret, 'key'), 'secret');
});

afterEach(() => rmSync(outer, { recursive: true }));

const run = (script: string, write: boolean) =>
  runScript({ script, name: 's.sh', cwd: inside, host: openHostFiles(inside, write) });

/** All of a directory: path and content. */
function snapshot(path: string, prefix = ''): string[] {
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const full = join(path, name);
      const stat = lstatSync(full);
      if (stat.isDirectory()) return [`${prefix}${name}/`, ...snapshot(full, `${prefix}${name}/`)];
      return [`${prefix}${name}=${stat.isFile() ? readFileSync(full, 'utf8') : '(link)'}`];
    });
}

test('files are read; what is written stays in memory', async () => {
  writeFileSync(join(inside, 'a'), 'host\n');
  mkdirSync(join(inside, 'd'));
  writeFileSync(join(inside, 'd/b'), 'below\n');
  const before = snapshot(outer);
  const { output, files } = await run(
    'cat a d/b; echo mine > a; cat a; echo new > n; rm d/b; ls . d; mkdir e; mv a c; ls; chmod 600 c',
    false,
  );
  expect(output).toBe('host\nbelow\nmine\n.:\na\nd\nn\n\nd:\nc\nd\ne\nn\n');
  expect([...files.keys()].sort()).toEqual(['c', 'n']);
  expect(snapshot(outer)).toEqual(before);
});

test('with --write the directory is as the script left it', async () => {
  writeFileSync(join(inside, 'a'), 'host\n');
  writeFileSync(join(inside, 'gone'), '');
  mkdirSync(join(inside, 'd'));
  await run(
    'echo more >> a; echo x > n; mkdir -p e/f; echo y > e/f/g; rm gone; ln -s a l; mv n d/m; for i in 1 2 3; do echo $i >> log; done; chmod 755 log; rm -r e',
    true,
  );
  expect(snapshot(inside)).toEqual(['a=host\nmore\n', 'd/', 'd/m=x\n', 'l=(link)', 'log=1\n2\n3\n']);
  expect(lstatSync(join(inside, 'log')).mode & 0o777).toBe(0o755);
});

test('a capture is written through, whole', async () => {
  await run(
    'ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; tcpdump -U -i v0 -w x.pcap 2>/dev/null & sleep 1; kill $!; wait',
    true,
  );
  expect(readFileSync(join(inside, 'x.pcap')).length).toBeGreaterThanOrEqual(24);
});

describe('nothing outside of the directory is read or written', () => {
  const attempts: [sentence: string, prepare: () => void, script: string][] = [
    ['by ..', () => {}, 'cat ../secret/key; echo x > ../secret/key; echo x > ../new; rm -r ../secret'],
    [
      'by an absolute path',
      () => {},
      `cat ${'$OUT'}/secret/key; echo x > $OUT/secret/key; mkdir $OUT/n; echo x > /etc/vrouter-test`,
    ],
    [
      'by a link to a file',
      () => symlinkSync(join(secret, 'key'), join(inside, 'l')),
      'cat l; echo x > l; echo x >> l; chmod 777 l',
    ],
    [
      'by a relative link',
      () => symlinkSync('../secret/key', join(inside, 'l')),
      'cat l; echo x > l; cp l m',
    ],
    [
      'by a link to a directory',
      () => symlinkSync(secret, join(inside, 'd')),
      'cat d/key; echo x > d/key; echo x > d/new; mkdir d/n; rm -r d/*; cd d && echo x > y',
    ],
    [
      'by a link that the script makes',
      () => {},
      'ln -s ../secret d; echo x > d/new; cat d/key; ln -s ../secret/key k; echo x > k; tee k < /dev/null',
    ],
    [
      'by a dangling link',
      () => symlinkSync(join(outer, 'made'), join(inside, 'l')),
      'echo x > l; echo x >> l',
    ],
    [
      'by a link in the middle',
      () => {
        mkdirSync(join(inside, 'a'));
        symlinkSync('../../secret', join(inside, 'a/b'));
      },
      'echo x > a/b/key; rm a/b/key; mv a/b/key z; cp a/b/../key y',
    ],
    [
      'by a file with a second name',
      () => linkSync(join(secret, 'key'), join(inside, 'h')),
      'echo x > h; echo y >> h',
    ],
    [
      'by moving',
      () => writeFileSync(join(inside, 'f'), 'f'),
      'mv f ../secret/key; mv ../secret/key f; cp f ../secret/n',
    ],
  ];
  test.each(attempts)('%s', async (_sentence, prepare, script) => {
    prepare();
    const before = snapshot(secret);
    const names = readdirSync(outer);
    const { output } = await run(`OUT=${outer}\n${script}`, true);
    expect(output).not.toContain('secret\n');
    expect(output).not.toMatch(/^secret/m);
    expect(snapshot(secret)).toEqual(before);
    expect(readdirSync(outer)).toEqual(names);
    expect(existsSync('/etc/vrouter-test')).toBe(false);
  });
});

test('a link that appears on the way while the script runs is not followed', () => {
  const files = openHostFiles(inside, true);
  mkdirSync(join(inside, 'd'));
  expect(files.changes?.write('d/ok', new Uint8Array([97]), 0, 0o644)).toBe(true);
  rmSync(join(inside, 'd'), { recursive: true });
  symlinkSync(secret, join(inside, 'd'));
  expect(files.changes?.write('d/key', new Uint8Array([97]), 0, 0o644)).toBe(false);
  expect(files.changes?.remove('d/key')).toBe(false);
  expect(files.changes?.makeDirectory('d/n')).toBe(false);
  expect(files.changes?.write('../secret/key', new Uint8Array([97]), 0, 0o644)).toBe(false);
  symlinkSync(join(secret, 'key'), join(inside, 'k'));
  expect(files.changes?.write('k', new Uint8Array([97]), 0, 0o644)).toBe(false);
  expect(snapshot(secret)).toEqual(['key=secret']);
});

test('files that cannot be read are an error of the program that reads them', async () => {
  writeFileSync(join(inside, 'dark'), 'x');
  chmodSync(join(inside, 'dark'), 0);
  expect((await run('cat < dark', false)).output).toBe('s.sh: line 1: dark: Permission denied\n');
});
