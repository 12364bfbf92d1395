// Which parts of src/ have run, told by V8 itself (precise block coverage of the inspector): no native addon is needed.
import { Session } from 'node:inspector';

interface Range {
  readonly startOffset: number;
  readonly count: number;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly functionName: string; readonly ranges: readonly Range[] }[];
}

export class Coverage {
  private readonly session = new Session();
  private readonly seen = new Set<string>();

  /** Call it before the code in question is loaded. */
  constructor() {
    this.session.connect();
    this.post('Profiler.enable');
    this.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  }

  /** Blocks of src/ that ran for the first time since the last call. */
  news(): number {
    const before = this.seen.size;
    const { result } = this.post('Profiler.takePreciseCoverage') as { result: Script[] };
    for (const script of result) if (script.url.includes('/src/')) this.add(script);
    return this.seen.size - before;
  }

  get size(): number {
    return this.seen.size;
  }

  private add({ url, functions }: Script): void {
    for (const { functionName, ranges } of functions)
      for (const { startOffset, count } of ranges)
        if (count > 0) this.seen.add(`${url} ${functionName} ${startOffset}`);
  }

  /** The inspector answers at once, within the call. */
  private post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    this.session.post(method, parameters, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`);
      answer = result;
    });
    return answer;
  }
}
