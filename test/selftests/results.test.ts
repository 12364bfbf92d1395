// What the scripts print is read as results; words of our own, in the shapes of theirs.
import { describe, expect, it } from 'vitest';
import { differences, readResults, tally } from './results.ts';

const OUTPUT = `
########
TEST SECTION: IPv4 colours
########
    TEST: red                                     [ OK ]
    TEST: red                                     [FAIL]
TEST SECTION: IPv6 colours
    TEST: red                                     [SKIP]
`;

describe('results of selftests', () => {
  it('are named by section, test and how often it was said', () => {
    expect(readResults(OUTPUT).map(({ name, outcome }) => [name, outcome])).toEqual([
      ['IPv4 colours: red', 'OK'],
      ['IPv4 colours: red (2)', 'FAIL'],
      ['IPv6 colours: red', 'SKIP'],
    ]);
  });

  it('are of IPv6 by their own name, else by the heading above', () => {
    const text = '\nIPv6 blue tests\n TEST: sky [ OK ]\n TEST: IPv4 sea [ OK ]\nTEST: rule6 ice [ OK ]\n';
    expect(readResults(text).map(({ isIpv6 }) => isIpv6)).toEqual([true, false, true]);
  });

  it('may be a bare word under a heading, or under none', () => {
    expect(readResults('run loud test\nfailed\n')[0]).toMatchObject({ name: 'loud test', outcome: 'FAIL' });
    expect(readResults('OK\n')).toHaveLength(1);
    expect(readResults('an error\nFAIL - why\n')[0]).toMatchObject({ name: 'the script', outcome: 'FAIL' });
  });

  it('are counted apart by family', () => {
    const results = readResults(OUTPUT);
    expect(tally(results, false)).toEqual({ passed: 1, total: 2 });
    expect(tally(results, true)).toEqual({ passed: 0, total: 1 });
  });

  it('differ where the second run answers otherwise or not at all', () => {
    const kernel = readResults('TEST: a [ OK ]\nTEST: b [ OK ]\nTEST: c [FAIL]\n');
    const ours = readResults('TEST: a [ OK ]\nTEST: b [FAIL]\n');
    expect(differences(kernel, ours).map((line) => line.slice(0, 1))).toEqual(['b', 'c']);
  });
});
