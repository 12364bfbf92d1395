// A replay as JUnit XML, as Jenkins and GitLab read it: a suite per vantage point with a case per flow, and a suite per
// way between two vantage points with a case for each kind of packet that crossed it.
import { formatIpv4 } from '../addr/ipv4.ts';
import { crossingLosses, type Followed, type Way } from './followed.ts';
import type { Damages, Report, Source } from './report.ts';
import { contradictionText, faultLines, placeText } from './report-lines.ts';
import type { Summary, VerdictCounts } from './summary.ts';
import { isFault, VERDICTS, type Verdict } from './verdict.ts';

export interface JunitOptions {
  /** Packets that are told for each flow. */
  readonly examples: number;
}

/** How a case ended: `error` is that nothing is known. */
type Ending = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly name: string;
  readonly ending: Ending;
  readonly message: string;
  readonly text: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly errors: readonly string[];
}

/** What is told of a flow's findings. */
interface FlowFaults {
  readonly texts: string[];
  readonly message: string;
}

/** Flows of which findings are kept, as many as are counted apart. */
const FLOW_LIMIT = 1000;

export class JunitReport implements Report {
  private readonly options: JunitOptions;
  private readonly suites: Suite[] = [];
  private source: Source | null = null;
  private faults = new Map<string, FlowFaults>();

  constructor(options: JunitOptions) {
    this.options = options;
  }

  open(): string {
    return '';
  }

  begin(source: Source): string {
    this.source = source;
    this.faults = new Map();
    return '';
  }

  format(): void {}

  get wantsEach(): boolean {
    return false;
  }

  verdict(verdict: Verdict): string {
    if (isFault(verdict.kind)) this.keep(verdict);
    return '';
  }

  private keep(verdict: Verdict): void {
    const message = `${placeText(verdict, '')}: ${contradictionText(verdict)}`;
    let faults = this.faults.get(verdict.flow);
    if (faults === undefined) {
      if (this.faults.size >= FLOW_LIMIT) return;
      faults = { texts: [], message };
      this.faults.set(verdict.flow, faults);
    }
    if (faults.texts.length >= this.options.examples) return;
    const { lost } = this.source as Source;
    faults.texts.push([message, ...faultLines(verdict, { place: '', lost })].join('\n  '));
  }

  endVantage(summary: Summary, { texts }: Damages): string {
    const { at } = this.source as Source;
    const cases = [...summary.flows].map(([flow, counts]) => flowCase(flow, counts, this.faults.get(flow)));
    if (summary.compared === 0) cases.push(NOTHING_COMPARED);
    this.suites.push({ name: at, cases, errors: texts });
    return '';
  }

  end(_total: Summary, followed: Followed | null): string {
    for (const way of followed?.ways ?? []) this.suites.push(waySuite(way));
    return suitesText(this.suites);
  }
}

const NOTHING_COMPARED: Case = {
  name: 'something is compared',
  ending: 'error',
  message: 'Nothing was compared.',
  text: 'no packets, none that could be read, or none that is a matter of the model',
};

function flowCase(name: string, counts: VerdictCounts, faults: FlowFaults | undefined): Case {
  const faulty = VERDICTS.reduce((sum, kind) => sum + (isFault(kind) ? counts[kind] : 0), 0);
  if (faulty > 0) return failedCase(name, faulty, faults ?? { texts: [], message: `${faulty} findings` });
  const skipped = counts['as-programmed'] === 0;
  return { name, ending: skipped ? 'skipped' : 'passed', message: 'not a matter of the model', text: '' };
}

function failedCase(name: string, count: number, { texts, message }: FlowFaults): Case {
  const rest = count - texts.length;
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  const lines = rest > 0 && texts.length > 0 ? [...texts, `and ${rest} more`] : texts;
  return { name, ending: 'failure', message: message + more, text: lines.join('\n') };
}

function waySuite(way: Way): Suite {
  const cases = way.crossings.map((crossing): Case => {
    const { what, source, destination } = crossing;
    const name = `${what} from ${formatIpv4(source)} to ${formatIpv4(destination)}`;
    const losses = crossingLosses(way, crossing);
    const [first] = losses;
    if (first === undefined) return { name, ending: 'passed', message: '', text: '' };
    const text = losses.flatMap(({ headline, lines }) => [headline, ...lines]).join('\n');
    return { name, ending: 'failure', message: first.headline, text };
  });
  return { name: `${way.from} to ${way.to}`, cases, errors: [] };
}

// ---- XML -----------------------------------------------------------------------------------------------------------

function suitesText(suites: readonly Suite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const lines = suites.map(suiteText).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="vrouter replay" ${totals(cases)}>\n${lines}</testsuites>\n`;
}

function suiteText({ name, cases, errors }: Suite): string {
  const lines = cases.map((each) => caseText(name, each)).join('');
  const damages = errors.length === 0 ? '' : `    <system-err>${escapeXml(errors.join('\n'))}</system-err>\n`;
  return `  <testsuite name="${escapeXml(name)}" ${totals(cases)}>\n${lines}${damages}  </testsuite>\n`;
}

function totals(cases: readonly Case[]): string {
  const count = (ending: Ending): number => cases.filter((each) => each.ending === ending).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

function caseText(suite: string, { name, ending, message, text }: Case): string {
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`;
  if (ending === 'passed') return `${head}/>\n`;
  const said = `message="${escapeXml(message)}"`;
  const inside = text === '' ? `<${ending} ${said}/>` : `<${ending} ${said}>${escapeXml(text)}</${ending}>`;
  return `${head}>\n      ${inside}\n    </testcase>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 (section 2.2) has no place for becomes U+FFFD. */
function escapeXml(text: string): string {
  return [...text]
    .map((char) => ESCAPES[char] ?? (isXmlChar(char.codePointAt(0)!) ? char : '\ufffd'))
    .join('');
}

function isXmlChar(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
