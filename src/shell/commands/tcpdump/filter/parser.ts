// Parses a filter expression by recursive descent (grammar.y of libpcap 1.10.3). `and` and `or` bind equally and to
// the left; an address without qualifiers takes those of the term before it.
import { FOREIGN_KEYWORDS, PROTOCOLS, type Token, tokenize } from './lexer.ts';
import {
  type Address,
  type AddressKind,
  type Arithmetic,
  type Direction,
  type Expression,
  type FilterProblem,
  type Operator,
  type Qualifiers,
  type Relation,
  SYNTAX_ERROR,
} from './syntax.ts';

/** A term and the qualifiers that it hands on; null if it has none to hand on. */
interface Term {
  readonly expression: Expression;
  readonly qualifiers: Qualifiers | null;
}

const RELATIONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
/** Binary operators by how tightly they bind; all to the left. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['|', 1],
  ['&', 2],
  ['<<', 3],
  ['>>', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
]);
/** Operators that the grammar forgot to rank: they take all that is to the right, and no more than one to the left. */
const UNRANKED: ReadonlySet<string> = new Set(['%', '^']);
const KINDS: ReadonlySet<string> = new Set(['host', 'net', 'port', 'portrange', 'proto']);
const ADDRESS_TOKENS: ReadonlySet<string> = new Set(['name', 'host', 'host6', 'mac']);

const NOTHING: Expression = { type: 'less', length: 0 };
const ZERO: Arithmetic = { type: 'constant', value: 0 };

/** How deep parentheses and negations may nest; bison's stack ends at about this depth, too. */
const DEPTH_MAX = 1000;

class Parser {
  problem: FilterProblem | null = null;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  private get token(): Token {
    return this.tokens[this.at];
  }

  private fail(problem: FilterProblem = SYNTAX_ERROR): void {
    this.problem ??= problem;
  }

  /** Takes the next token if it is this keyword or symbol. */
  private take(text: string): boolean {
    if ((this.token.kind !== 'word' && this.token.kind !== 'symbol') || this.token.text !== text)
      return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail();
  }

  whole(): Expression {
    const { expression } = this.expression(null);
    if (this.token.kind !== 'end') this.fail(this.isForeign() ? { foreign: true } : SYNTAX_ERROR);
    return expression;
  }

  private isForeign(): boolean {
    return this.token.kind === 'word' && FOREIGN_KEYWORDS.has(this.token.text);
  }

  /** `inherited` are the qualifiers of what stands before an opening parenthesis. */
  private expression(inherited: Qualifiers | null): Term {
    let left = this.term(inherited);
    while (this.problem === null) {
      const type = this.take('and') ? 'and' : this.take('or') ? 'or' : null;
      if (type === null) break;
      const right = this.startsAddress() ? this.address(left.qualifiers) : this.term(left.qualifiers);
      left = {
        expression: { type, left: left.expression, right: right.expression },
        qualifiers: right.qualifiers,
      };
    }
    return left;
  }

  /** Whether an address comes, behind any `not` and `(`: a number is one unless arithmetic goes on behind it. */
  private startsAddress(): boolean {
    let at = this.at;
    let open = 0;
    while (this.tokens[at].text === 'not' || this.tokens[at].text === '(')
      if (this.tokens[at++].text === '(') open++;
    const token = this.tokens[at];
    if (ADDRESS_TOKENS.has(token.kind)) return true;
    if (token.kind !== 'number') return false;
    while (open-- > 0 && this.tokens[at + 1].text === ')') at++;
    const next = this.tokens[at + 1].text;
    return !RELATIONS.has(next) && !PRECEDENCE.has(next) && !UNRANKED.has(next);
  }

  private nested(): boolean {
    if (++this.depth > DEPTH_MAX) this.fail();
    return this.problem === null;
  }

  private term(inherited: Qualifiers | null): Term {
    const none = { expression: NOTHING, qualifiers: null };
    if (!this.nested()) return none;
    let term: Term | null = null;
    if (this.take('not')) {
      const inner = this.term(inherited);
      term = { expression: { type: 'not', operand: inner.expression }, qualifiers: inner.qualifiers };
    } else {
      const relation = this.relation();
      if (relation !== null) term = { expression: relation, qualifiers: null };
      else if (this.take('(')) {
        const inner = this.expression(inherited);
        this.expect(')');
        term = { expression: inner.expression, qualifiers: inherited };
      } else term = this.primitive();
    }
    this.depth--;
    return term;
  }

  private primitive(): Term {
    const { token } = this;
    const plain = (expression: Expression): Term => ({ expression, qualifiers: null });
    if (this.isForeign()) {
      this.fail({ foreign: true });
      return plain(NOTHING);
    }
    if (token.kind !== 'word') {
      this.fail();
      return plain(NOTHING);
    }
    if (this.take('less')) return plain({ type: 'less', length: this.number() });
    if (this.take('greater')) return plain({ type: 'greater', length: this.number() });
    if (this.take('inbound')) return plain({ type: 'direction', outbound: false });
    if (this.take('outbound')) return plain({ type: 'direction', outbound: true });
    if (this.take('ifindex')) return plain({ type: 'ifindex', index: this.number() });
    if (this.take('vlan'))
      return plain({ type: 'vlan', id: this.token.kind === 'number' ? this.number() : null });
    return this.qualified();
  }

  private number(): number {
    if (this.token.kind !== 'number') {
      this.fail();
      return 0;
    }
    return this.tokens[this.at++].value;
  }

  /** A protocol on its own, or qualifiers and an address. */
  private qualified(): Term {
    const protocol = PROTOCOLS.has(this.token.text) ? this.tokens[this.at++].text : '';
    if (this.take('broadcast')) return { expression: { type: 'broadcast', protocol }, qualifiers: null };
    if (this.take('multicast')) return { expression: { type: 'multicast', protocol }, qualifiers: null };
    const direction = this.direction();
    const kind = this.kind(direction);
    if (protocol !== '' && direction === 'default' && kind === 'default') {
      if (this.isForeign()) this.fail({ foreign: true });
      return { expression: { type: 'protocol', name: protocol }, qualifiers: null };
    }
    if (direction === 'default' && kind === 'default') this.fail();
    return this.address({ protocol, direction, kind });
  }

  private direction(): Direction {
    const first = this.side();
    if (first === null) return 'default';
    const start = this.at;
    const or = this.take('or');
    if (or || this.take('and')) {
      const second = this.side();
      if (second !== null && second !== first) return or ? 'src or dst' : 'src and dst';
    }
    this.at = start;
    return first;
  }

  private side(): 'src' | 'dst' | null {
    if (this.take('src')) return 'src';
    return this.take('dst') ? 'dst' : null;
  }

  private kind(direction: Direction): AddressKind {
    const { text, kind } = this.token;
    if (kind !== 'word' || !KINDS.has(text) || (text === 'proto' && direction !== 'default'))
      return 'default';
    this.at++;
    return text as AddressKind;
  }

  /** One address, a negated one, or several in parentheses. */
  private address(qualifiers: Qualifiers | null): Term {
    const none = { expression: NOTHING, qualifiers };
    if (!this.nested()) return none;
    let term: Term = none;
    if (this.take('not')) {
      const inner = this.address(qualifiers);
      term = { expression: { type: 'not', operand: inner.expression }, qualifiers };
    } else if (this.take('(')) term = this.addressList(qualifiers);
    else term = { expression: { type: 'address', address: this.oneAddress(), qualifiers }, qualifiers };
    this.depth--;
    return term;
  }

  private addressList(qualifiers: Qualifiers | null): Term {
    // Only a number may stand in parentheses of its own at the start of a list.
    if (this.token.text === '(' && !this.bracketedNumber()) this.fail();
    let { expression } = this.address(qualifiers);
    while (this.problem === null && !this.take(')')) {
      const type = this.take('and') ? 'and' : 'or';
      if (type === 'or') this.expect('or');
      expression = { type, left: expression, right: this.address(qualifiers).expression };
    }
    return { expression, qualifiers };
  }

  private oneAddress(): Address {
    const { kind, text, value } = this.token;
    if (kind === 'end' || kind === 'word' || kind === 'symbol') {
      this.fail(this.isForeign() ? { foreign: true } : SYNTAX_ERROR);
      return { type: 'number', value: 0 };
    }
    this.at++;
    if (kind === 'number') return { type: 'number', value };
    if (kind === 'host' && this.take('/')) return { type: 'prefix', text, length: this.number() };
    if (kind === 'host' && this.take('mask')) return { type: 'masked', text, mask: this.maskText() };
    if (kind === 'host6' && this.take('/')) return { type: 'prefix6', text, length: this.number() };
    return { type: kind, text };
  }

  /** Whether `(5)`, `((5))` and so on come. */
  private bracketedNumber(): boolean {
    let at = this.at;
    while (this.tokens[at].text === '(') at++;
    return this.tokens[at].kind === 'number' && this.tokens[at + 1].text === ')';
  }

  private maskText(): string {
    const { kind, text } = this.token;
    if (kind === 'host') this.at++;
    else this.fail();
    return text;
  }

  /** A comparison if one starts here; else null, and nothing was read. */
  private relation(): Expression | null {
    const { token } = this;
    const start = this.at;
    const protocol =
      token.kind === 'word' && PROTOCOLS.has(token.text) && this.tokens[start + 1].text === '[';
    if (
      !protocol &&
      token.kind !== 'number' &&
      token.text !== 'len' &&
      token.text !== '-' &&
      token.text !== '('
    )
      return null;
    const left = this.arithmetic(0);
    if (this.problem === null && RELATIONS.has(this.token.text)) {
      const relation = this.tokens[this.at++].text as Relation;
      return { type: 'relation', relation, left, right: this.arithmetic(0) };
    }
    if (token.text !== '(') {
      this.fail();
      return NOTHING;
    }
    // The parenthesis was one of a logical expression: its problems, if any, are found again.
    this.problem = null;
    this.at = start;
    return null;
  }

  /** Operators that bind more tightly than `above`, by precedence climbing. */
  private arithmetic(above: number): Arithmetic {
    let left = this.unranked(this.operand());
    for (;;) {
      const precedence = PRECEDENCE.get(this.token.text) ?? 0;
      if (this.problem !== null || this.token.kind !== 'symbol' || precedence <= above) return left;
      const operator = this.tokens[this.at++].text as Operator;
      left = { type: 'binary', operator, left, right: this.arithmetic(precedence) };
    }
  }

  private unranked(left: Arithmetic): Arithmetic {
    const { kind, text } = this.token;
    if (kind !== 'symbol' || !UNRANKED.has(text)) return left;
    this.at++;
    return { type: 'binary', operator: text as Operator, left, right: this.arithmetic(0) };
  }

  private operand(): Arithmetic {
    if (!this.nested()) return ZERO;
    const operand = this.plainOperand();
    this.depth--;
    return operand;
  }

  private plainOperand(): Arithmetic {
    if (this.token.kind === 'number') return { type: 'constant', value: this.number() };
    if (this.take('len')) return { type: 'length' };
    if (this.take('-')) return { type: 'negate', operand: this.unranked(this.operand()) };
    if (this.take('(')) {
      const inner = this.arithmetic(0);
      this.expect(')');
      return inner;
    }
    return this.load();
  }

  /** `ip[6:2]` */
  private load(): Arithmetic {
    const protocol = this.token.text;
    if (this.token.kind !== 'word' || !PROTOCOLS.has(protocol) || this.tokens[this.at + 1].text !== '[') {
      this.fail();
      return ZERO;
    }
    this.at += 2;
    const index = this.arithmetic(0);
    const size = this.take(':') ? this.number() : 1;
    this.expect(']');
    if (size !== 1 && size !== 2 && size !== 4) this.fail({ error: 'data size must be 1, 2, or 4' });
    return { type: 'load', protocol, index, size };
  }
}

/** The tree of an expression that is not empty. */
export function parseFilter(text: string): Expression | FilterProblem {
  const tokens = tokenize(text);
  if (tokens === null) return SYNTAX_ERROR;
  const parser = new Parser(tokens);
  const expression = parser.whole();
  return parser.problem ?? expression;
}
