// Shell arithmetic: 64-bit integers, C's operators and precedence, variables by name, evaluated from text whose
// expansions are done already.

/** What an expression may read and change. */
export interface ArithmeticScope {
  /** The text of a variable or an element (`name` and the text of its subscript), '' if unset. */
  read(name: string, subscript: string | null): string;
  assign(name: string, subscript: string | null, value: string): void;
}

/** A value, or the message that bash prints behind the expression's text. */
export type Arithmetic = { readonly value: bigint } | { readonly error: string };

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

/** Binary operators by precedence, weakest first; `**` is apart because it binds to the right. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const ASSIGNMENTS = ['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|='];
const TOKEN =
  /\s*(?:(\d+#[\w@]+|0[xX][\da-fA-F]*|\d\w*)|([A-Za-z_]\w*)|(\*\*|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&^|]=|[-+*/%<>=!~&^|?:,()[\]]))/y;
const DEPTH_LIMIT = 256;

interface Token {
  readonly kind: 'number' | 'name' | 'operator' | 'end';
  readonly text: string;
  /** Where it starts, blanks before it included. */
  readonly at: number;
}

/** An expression that cannot be: only ever caught by `evaluate`. */
class Fault extends Error {}

/** The value of `text`; an empty one is 0. */
export function evaluate(text: string, scope: ArithmeticScope, depth = 0): Arithmetic {
  try {
    const parser = new Parser(text, scope, depth);
    return { value: parser.whole() };
  } catch (error) {
    if (error instanceof Fault) return { error: error.message };
    throw error;
  }
}

/** What an operand is before it is known whether it is assigned to. */
interface Place {
  readonly name: string;
  readonly subscript: string | null;
}

class Parser {
  private readonly text: string;
  private readonly scope: ArithmeticScope;
  private readonly depth: number;
  private position = 0;
  /** Where the token before this one starts. */
  private last = 0;
  private token: Token = { kind: 'end', text: '', at: 0 };
  /** In a branch that is not taken: parsed, not executed. */
  private idle = 0;

  constructor(text: string, scope: ArithmeticScope, depth: number) {
    this.text = text;
    this.scope = scope;
    this.depth = depth;
    if (depth > DEPTH_LIMIT)
      throw new Fault(`${text}: expression recursion level exceeded (error token is "${text}")`);
    this.advance();
  }

  whole(): bigint {
    if (this.atEnd()) return 0n;
    const value = this.comma();
    if (!this.atEnd()) this.fail('syntax error in expression');
    return value;
  }

  private atEnd(): boolean {
    return this.token.kind === 'end';
  }

  private fail(what: string): never {
    const at = this.token.kind === 'end' ? this.last : this.token.at;
    throw new Fault(
      `${this.text.trimStart()}: ${what} (error token is "${this.text.slice(at).trimStart()}")`,
    );
  }

  private divisionBy0(at: number): never {
    const rest = this.text.slice(at).trimStart();
    throw new Fault(`${this.text.trimStart()}: division by 0 (error token is "${rest}")`);
  }

  private advance(): void {
    this.last = this.token.at;
    TOKEN.lastIndex = this.position;
    const found = TOKEN.exec(this.text);
    const at = this.position;
    if (found === null) {
      const rest = this.text.slice(at).trim();
      this.token = { kind: rest === '' ? 'end' : 'operator', text: rest, at };
      this.position = this.text.length;
      return;
    }
    this.position = TOKEN.lastIndex;
    const [, number, name, operator] = found;
    if (number !== undefined) this.token = { kind: 'number', text: number, at };
    else if (name !== undefined) this.token = { kind: 'name', text: name, at };
    else this.token = { kind: 'operator', text: operator as string, at };
  }

  private accept(operator: string): boolean {
    if (this.token.kind !== 'operator' || this.token.text !== operator) return false;
    this.advance();
    return true;
  }

  private comma(): bigint {
    let value = this.assignment();
    while (this.accept(',')) value = this.assignment();
    return value;
  }

  private assignment(): bigint {
    const start = this.position;
    const { token } = this;
    if (token.kind === 'name') {
      const place = this.place();
      const operator = this.token.kind === 'operator' ? this.token.text : '';
      if (ASSIGNMENTS.includes(operator)) {
        this.advance();
        const right = this.assignment();
        return this.store(
          place,
          operator === '=' ? right : this.binary(operator.slice(0, -1), this.load(place), right),
        );
      }
      this.token = token;
      this.position = start;
    }
    return this.ternary();
  }

  private ternary(): bigint {
    const condition = this.level(0);
    if (!this.accept('?')) return condition;
    const yes = this.skippedUnless(condition !== 0n, () => this.comma());
    if (!this.accept(':')) this.fail("`:' expected for conditional expression");
    const no = this.skippedUnless(condition === 0n, () => this.assignment());
    return condition !== 0n ? yes : no;
  }

  private skippedUnless(taken: boolean, parse: () => bigint): bigint {
    if (!taken) this.idle++;
    const value = parse();
    if (!taken) this.idle--;
    return value;
  }

  private level(index: number): bigint {
    if (index === LEVELS.length) return this.power();
    let left = this.level(index + 1);
    for (;;) {
      const operator =
        this.token.kind === 'operator' && LEVELS[index].includes(this.token.text) ? this.token.text : '';
      if (operator === '') return left;
      this.advance();
      const needed = operator === '&&' ? left !== 0n : operator === '||' ? left === 0n : true;
      const at = this.token.at;
      const right = this.skippedUnless(needed, () => this.level(index + 1));
      if (right === 0n && '/%'.includes(operator) && this.idle === 0) this.divisionBy0(at);
      left = this.binary(operator, left, right);
    }
  }

  private power(): bigint {
    const base = this.unary();
    if (!this.accept('**')) return base;
    const exponent = this.power();
    if (exponent < 0n) this.fail('exponent less than 0');
    return wrap(power(base, exponent));
  }

  private unary(): bigint {
    const operator = this.token.kind === 'operator' ? this.token.text : '';
    if (operator === '++' || operator === '--') return this.prefix(operator === '++' ? 1n : -1n);
    if (!'!~-+'.includes(operator) || operator === '') return this.postfix();
    this.advance();
    const value = this.unary();
    if (operator === '!') return truth(value === 0n);
    if (operator === '~') return ~value;
    return operator === '-' ? wrap(-value) : value;
  }

  private prefix(step: bigint): bigint {
    this.advance();
    if (this.token.kind !== 'name') return this.unary();
    const place = this.place();
    return this.store(place, wrap(this.load(place) + step));
  }

  private postfix(): bigint {
    if (this.token.kind !== 'name') return this.primary();
    const place = this.place();
    if (this.token.text === '++' || this.token.text === '--') {
      const step = this.token.text === '++' ? 1n : -1n;
      this.advance();
      const value = this.load(place);
      this.store(place, wrap(value + step));
      return value;
    }
    return this.load(place);
  }

  private primary(): bigint {
    if (this.token.kind === 'number') {
      const value = this.number(this.token.text);
      this.advance();
      return value;
    }
    if (this.accept('(')) {
      const value = this.comma();
      if (!this.accept(')')) this.fail("missing `)'");
      return value;
    }
    return this.fail('syntax error: operand expected');
  }

  private number(text: string): bigint {
    const based = /^(\d+)#([\w@]+)$/.exec(text);
    if (based !== null) return this.basedNumber(Number(based[1]), based[2]);
    if (/^0[xX]/.test(text)) return this.digits(text.slice(2), 16);
    if (/^0./.test(text)) return this.digits(text.slice(1), 8);
    return this.digits(text, 10);
  }

  private basedNumber(base: number, digits: string): bigint {
    if (base < 2 || base > 64) this.fail('invalid arithmetic base');
    return this.digits(digits, base);
  }

  private digits(text: string, base: number): bigint {
    let value = 0n;
    for (const char of text) {
      const digit = digitValue(char, base);
      if (digit < 0 || digit >= base) this.fail('value too great for base');
      value = value * BigInt(base) + BigInt(digit);
    }
    return wrap(value);
  }

  /** A name with its subscript, if it has one. */
  private place(): Place {
    const name = this.token.text;
    this.advance();
    if (this.token.text !== '[' || this.token.kind !== 'operator') return { name, subscript: null };
    const start = this.position;
    let depth = 1;
    let end = start;
    for (; end < this.text.length && depth > 0; end++) {
      if (this.text[end] === '[') depth++;
      if (this.text[end] === ']') depth--;
    }
    if (depth > 0) this.fail('bad array subscript');
    this.position = end;
    this.advance();
    return { name, subscript: this.text.slice(start, end - 1) };
  }

  private load(place: Place): bigint {
    if (this.idle > 0) return 0n;
    const text = this.scope.read(place.name, place.subscript);
    if (/^-?[1-9]\d*$/.test(text) || text === '0') return wrap(BigInt(text));
    if (text.trim() === '') return 0n;
    return new Parser(text, this.scope, this.depth + 1).whole();
  }

  private store(place: Place, value: bigint): bigint {
    if (this.idle === 0) this.scope.assign(place.name, place.subscript, String(value));
    return value;
  }

  private binary(operator: string, left: bigint, right: bigint): bigint {
    if ((operator === '/' || operator === '%') && right === 0n) {
      if (this.idle > 0) return 0n;
      this.divisionBy0(this.last);
    }
    return wrap(OPERATORS[operator](left, right));
  }
}

const OPERATORS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** By squaring, modulo 2^64. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = wrap(result * square);
    square = wrap(square * square);
  }
  return result;
}

function digitValue(char: string, base: number): number {
  if (char >= '0' && char <= '9') return Number(char);
  if (char === '@') return 62;
  if (char === '_') return 63;
  const lower = char.toLowerCase().charCodeAt(0) - 87;
  return char >= 'A' && char <= 'Z' && base > 36 ? lower + 26 : lower;
}
