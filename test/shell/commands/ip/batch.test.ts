// `ip -batch`: where it stops, and what it says.
import { describe, expect, it } from 'vitest';
import { replay } from '../iproute2/transcript.ts';

const FILES = {
  '-': '# two\nlink set d7 up\n',
  one: 'link add d0 type dummy\n# a comment\nlink show nope\nlink set d0 mtu \\\n  1400 # tail\n-o addr show d0\nlink del d0\n',
  two: 'link add d1 type dummy\nroute add foo\nlink del d1\n',
  three: 'link set lo alias "a b\nlink show\n',
  four: 'neigh add 1.1.1.1 lladdr 02:00:00:00:00:01 dev nope\nneigh del 127.0.0.9 dev lo\nlink show nope\n',
  five: 'route flush table 77\nroute show table 77\n',
};

const run = async (line: string): Promise<string> =>
  (await replay([{ line, printed: '' }], FILES))[0]?.printed ?? '';

describe('a batch', () => {
  it.each([
    ['hears nothing of a table that is not there, unlike a single command', 'ip -b five', ''],
    [
      'stops at the first line that fails and tells its number',
      'ip -b one',
      '! Device "nope" does not exist.\n! Command failed one:3\n[1]\n',
    ],
    [
      'goes on with -force; a line holds no options',
      'ip -force -b one',
      '! Device "nope" does not exist.\n! Command failed one:3\n! Object "-o" is unknown, try "ip help".\n! Command failed one:6\n[1]\n',
    ],
    [
      'ends where the tool itself ends, without a word about the line',
      'ip -force -b two',
      '! Error: any valid prefix is expected rather than "foo".\n[1]\n',
    ],
    ['ends at a quote that does not end', 'ip -b three', '! Unterminated quoted string\n[1]\n'],
    [
      'ends where the kernel refuses a neighbour (exit 2), even with -force',
      'ip -force -b four',
      '! Cannot find device "nope"\n! Command failed four:1\n! RTNETLINK answers: No such file or directory\n[2]\n',
    ],
    ['comes from standard input', 'ip -b -', '! Cannot find device "d7"\n! Command failed -:2\n[1]\n'],
    [
      'that is not there is told with strerror',
      'ip -b nope',
      '! Cannot open file "nope" for reading: No such file or directory\n[1]\n',
    ],
  ])('%s', async (_, line, printed) => {
    expect(await run(line)).toBe(printed);
  });
});
