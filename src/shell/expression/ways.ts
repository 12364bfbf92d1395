// In how many ways a backtracking matcher may try an expression: what V8's takes too long for goes to another engine.

/** Up to `factor · length ^ degree` ways. */
interface Ways {
  readonly factor: number;
  readonly degree: number;
}

const ONE: Ways = { factor: 1, degree: 0 };
/** A repetition of what can itself be taken in several ways: exponentially many. */
const COUNTLESS: Ways = { factor: Number.POSITIVE_INFINITY, degree: 0 };

const both = (a: Ways, b: Ways): Ways => ({ factor: a.factor * b.factor, degree: a.degree + b.degree });
const either = (a: Ways, b: Ways): Ways => ({
  factor: a.factor + b.factor,
  degree: Math.max(a.degree, b.degree),
});

/** An escaped character, a set, a group's beginning, a repetition, or any other character. */
const TOKEN =
  /\\k<\w+>|\\.|\[\^?(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\{\d*,?\d*\}\??|[*+?]\??|[\s\S]/g;

class Counter {
  /** Whether the whole is a choice. */
  isChoice = false;
  private readonly tokens: readonly string[];
  private at = 0;
  /** What is looked at is matched in one way, for good: the costliest of all. */
  private looked = ONE;

  constructor(source: string) {
    this.tokens = source.match(TOKEN) ?? [];
  }

  whole(): Ways {
    const total = this.alternatives();
    return both(total, this.looked);
  }

  private alternatives(): Ways {
    let total = this.sequence();
    this.isChoice = false;
    while (this.tokens[this.at] === '|') {
      this.at++;
      total = either(total, this.sequence());
      this.isChoice = true;
    }
    return total;
  }

  private sequence(): Ways {
    let total = ONE;
    while (this.at < this.tokens.length && !'|)'.includes(this.tokens[this.at]))
      total = both(total, this.repeated(this.atom()));
    return total;
  }

  private atom(): Ways {
    const token = this.tokens[this.at++];
    if (!token.startsWith('(')) return ONE;
    const inner = this.alternatives();
    this.at++;
    if (!/^\(\?<?[=!]/.test(token)) return inner;
    this.looked = {
      factor: Math.max(inner.factor, this.looked.factor),
      degree: Math.max(inner.degree, this.looked.degree),
    };
    return ONE;
  }

  private repeated(ways: Ways): Ways {
    const token = this.tokens[this.at] ?? '';
    if (!/^(?:[*+?]|\{)/.test(token)) return ways;
    this.at++;
    const isOneWay = ways.factor === 1 && ways.degree === 0;
    if (token.startsWith('?')) return either(ways, ONE);
    const bounds = /^\{(\d*)(,?)(\d*)\}/.exec(token);
    if (bounds === null || (bounds[2] !== '' && bounds[3] === ''))
      return isOneWay ? { factor: 1, degree: 1 } : COUNTLESS;
    const [least, most] = [Number(bounds[1]), Number(bounds[3] || bounds[1])];
    if (isOneWay) return { factor: Math.max(1, most - least + 1), degree: 0 };
    return { factor: (ways.factor + 1) ** most, degree: ways.degree * most };
  }
}

/** In how many ways a whole text may be tried, and whether the first that matches is the longest. */
export interface Trial extends Ways {
  readonly isOneWay: boolean;
}

export function trialOf(source: string): Trial {
  const counter = new Counter(source);
  const { factor, degree } = counter.whole();
  const places = source.startsWith('^') && !counter.isChoice ? 0 : 1;
  return { factor, degree: degree + places, isOneWay: factor + degree <= 2 && !source.includes('|') };
}

export const triesIn = ({ factor, degree }: Trial, length: number): number => factor * (length + 1) ** degree;
