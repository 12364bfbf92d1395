// The results that a script of the kernel's selftests prints, as a list that two runs can be compared by.

type Outcome = 'OK' | 'FAIL' | 'SKIP' | 'XFAIL';

export interface Result {
  /** Headings and all, with a number behind it where a script says the same again. */
  readonly name: string;
  readonly outcome: Outcome;
  /** IPv6, or IPv4 through a tunnel or a gateway of IPv6: counted apart. */
  readonly isIpv6: boolean;
}

/** `TEST: name   [ OK ]`, or the name without `TEST:`. */
const TAGGED = /^\s*(?:TEST: )?(.*?)\s*\[\s*(OK|FAIL|SKIP|XFAIL)\s*\]\s*$/;

/** `ok` under `run … test`, or `OK` and `FAIL - why` of a script that is one test. */
const BARE = /^(ok|OK|failed|FAIL)(?: - .*)?$/;

/** What stands behind an empty line, or says that it runs a test. */
const RUN = /^run (\S.*)$/;

/** IPv6, v6, vxlan6, rule6, ip6ip6, test_ndisc; not 10.0.16.0. */
const NAMES_IPV6 = /[A-Za-z]6(?![0-9])|ndisc/;

const SECTION = /^TEST SECTION: (.*)/;

class Reader {
  readonly results: Result[] = [];
  private readonly seen = new Map<string, number>();
  private section = '';
  private heading = '';
  /** Not empty: what stands first is no heading. */
  private previous = '#';

  take(line: string): void {
    const tagged = TAGGED.exec(line);
    const bare = BARE.exec(line);
    if (tagged !== null) this.add(tagged[1], tagged[2] as Outcome);
    else if (bare !== null) this.add('', bare[1].toUpperCase() === 'OK' ? 'OK' : 'FAIL');
    else this.takeHeading(line);
    this.previous = line;
  }

  private takeHeading(line: string): void {
    const section = SECTION.exec(line);
    if (section !== null) this.section = section[1];
    const run = RUN.exec(line);
    if (run !== null) this.heading = run[1];
    else if (this.previous === '' && /^[^\s#]/.test(line)) this.heading = line;
  }

  private add(test: string, outcome: Outcome): void {
    const own = test || this.heading || 'the script';
    const base = this.section === '' ? own : `${this.section}: ${own}`;
    const count = (this.seen.get(base) ?? 0) + 1;
    this.seen.set(base, count);
    const isIpv6 = NAMES_IPV6.test(
      /IPv4:/.test(test) ? test : `${this.section} ${this.family(test)} ${test}`,
    );
    this.results.push({ name: count === 1 ? base : `${base} (${count})`, outcome, isIpv6 });
  }

  /** Names that say no family of their own are of the heading's. */
  private family(test: string): string {
    if (/ipv?[46]|rule4/i.test(test)) return '';
    if (!/^IPv[46]/.test(this.heading)) return '';
    return NAMES_IPV6.test(this.heading) ? 'IPv6' : 'IPv4';
  }
}

export function readResults(output: string): Result[] {
  const reader = new Reader();
  for (const line of output.split('\n')) reader.take(line);
  return reader.results;
}

export interface Tally {
  readonly passed: number;
  readonly total: number;
}

export const tally = (results: readonly Result[], isIpv6: boolean): Tally => {
  const own = results.filter((result) => result.isIpv6 === isIpv6);
  return { passed: own.filter(({ outcome }) => outcome === 'OK').length, total: own.length };
};

/** IPv4 tests of the first run that the second does not answer alike, in order. */
export function differences(expected: readonly Result[], actual: readonly Result[]): string[] {
  const outcomes = new Map(actual.map(({ name, outcome }) => [name, outcome]));
  return expected
    .filter(({ name, outcome, isIpv6 }) => !isIpv6 && outcomes.get(name) !== outcome)
    .map(
      ({ name, outcome }) => `${name}: ${outcome} on the kernel, ${outcomes.get(name) ?? 'not reached'} here`,
    );
}
