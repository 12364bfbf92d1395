// Calico's selector language: `role == "web" && !has(legacy)` (libcalico-go/lib/selector, calico.md 6.5).

export type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly text: string;
  matches(labels: Labels): boolean;
  /** It says global(), which only the namespaceSelector of a rule may. */
  readonly saysGlobal: boolean;
}

type Test = (labels: Labels) => boolean;

interface Token {
  readonly kind: string;
  /** Of a label or string. */
  readonly value: string;
}

const LONGEST_LABEL = 512;
const LABEL = /[a-zA-Z0-9_./-]+/y;
/** What is only an operator behind a label; the words of two may have blanks between. */
const WORD_OPERATOR = /(contains)|(starts)[ \t]*with|(ends)[ \t]*with|(not)[ \t]*in|(in)/y;
const CALL = /(has|all|global)\([ \t]*/y;
const SIGN = /==|!=|&&|\|\||[!(){},]/y;
const BLANKS = /[ \t]*/y;

/** The text that calicoctl gives as the reason; thrown within this file only. */
class SelectorError extends Error {}

function fail(reason: string): never {
  throw new SelectorError(reason);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

class Tokenizer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    for (this.#skip(BLANKS); this.#at < text.length; this.#skip(BLANKS)) this.#next();
    this.#add('end');
  }

  #next(): void {
    const sign = this.#skip(SIGN);
    const first = this.#text[this.#at];
    if (sign !== null) this.#add(sign[0]);
    else if (first === '"' || first === "'") this.#string(first);
    else if (first === '=' || first === '&' || first === '|') fail(`expected ${first}${first}`);
    else if (this.tokens.at(-1)?.kind === 'label') this.#operator();
    else this.#word();
  }

  #word(): void {
    const call = this.#skip(CALL);
    if (call === null) this.#add('label', this.#label('unexpected characters'));
    else this.#call(call[1]);
  }

  #skip(pattern: RegExp): RegExpExecArray | null {
    const match = matchAt(pattern, this.#text, this.#at);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #add(kind: string, value = ''): void {
    this.tokens.push({ kind, value });
  }

  #string(quote: string): void {
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) fail('unterminated string');
    this.#add('string', this.#text.slice(this.#at + 1, end));
    this.#at = end + 1;
  }

  #operator(): void {
    const word = this.#skip(WORD_OPERATOR);
    if (word === null) fail('expected operator after label');
    this.#add(word.slice(1).find((part) => part !== undefined) as string);
  }

  #call(name: string): void {
    const label = name === 'has' ? this.#label('expected identifier') : '';
    this.#skip(BLANKS);
    if (this.#text[this.#at] !== ')') fail(`no closing ')' after ${name}(`);
    this.#at++;
    this.#add(`${name}()`, label);
  }

  #label(reason: string): string {
    const label = this.#skip(LABEL)?.[0] ?? fail(reason);
    return label.length > LONGEST_LABEL ? fail('label too long') : label;
  }
}

/** Own properties only: a label may be called `constructor`. */
const labelValue = (labels: Labels, label: string): string | undefined =>
  Object.hasOwn(labels, label) ? labels[label] : undefined;

/** `!=` and `not in` hold for a label that is not there. */
const OPERATORS: Readonly<Record<string, (value: string | undefined, wanted: string) => boolean>> = {
  '==': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
  contains: (value, wanted) => value?.includes(wanted) === true,
  starts: (value, wanted) => value?.startsWith(wanted) === true,
  ends: (value, wanted) => value?.endsWith(wanted) === true,
};

class Parser {
  saysGlobal = false;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = new Tokenizer(text).tokens;
  }

  parse(): Test {
    if (this.#peek().kind === 'end') return () => true;
    const test = this.#or();
    if (this.#peek().kind !== 'end') fail('unexpected token');
    return test;
  }

  #peek(): Token {
    return this.#tokens[this.#at];
  }

  #take(kind: string): Token | null {
    return this.#peek().kind === kind ? this.#tokens[this.#at++] : null;
  }

  #or(): Test {
    const tests = [this.#and()];
    while (this.#take('||') !== null) tests.push(this.#and());
    return tests.length === 1 ? tests[0] : (labels) => tests.some((test) => test(labels));
  }

  #and(): Test {
    const tests = [this.#operation()];
    while (this.#take('&&') !== null) tests.push(this.#operation());
    return tests.length === 1 ? tests[0] : (labels) => tests.every((test) => test(labels));
  }

  #operation(): Test {
    let negated = false;
    while (this.#take('!') !== null) negated = !negated;
    const test = this.#operand();
    return negated ? (labels) => !test(labels) : test;
  }

  #operand(): Test {
    if (this.#take('all()') !== null) return () => true;
    if (this.#take('global()') !== null) {
      this.saysGlobal = true;
      return () => false;
    }
    const has = this.#take('has()');
    if (has !== null) return (labels) => labelValue(labels, has.value) !== undefined;
    if (this.#take('(') !== null) return this.#group();
    const label = this.#take('label') ?? fail('unexpected token');
    return this.#comparison(label.value);
  }

  #group(): Test {
    const test = this.#or();
    if (this.#take(')') === null) fail('expected )');
    return test;
  }

  #comparison(label: string): Test {
    if (this.#take('in') !== null) return this.#membership(label);
    if (this.#take('not') !== null) {
      const within = this.#membership(label);
      return (labels) => !within(labels);
    }
    const operator = OPERATORS[this.#peek().kind] ?? fail('expected operator after label');
    this.#at++;
    const wanted = this.#take('string') ?? fail('expected string');
    return (labels) => operator(labelValue(labels, label), wanted.value);
  }

  #membership(label: string): Test {
    if (this.#take('{') === null) fail('expected set literal');
    const values = new Set<string | undefined>();
    for (let item = this.#take('string'); item !== null; item = this.#take('string')) {
      values.add(item.value);
      if (this.#take(',') === null) break;
    }
    if (this.#take('}') === null) fail('expected }');
    return (labels) => values.has(labelValue(labels, label));
  }
}

/** Reads a selector; the reason why not if it is none. An empty one selects everything. */
export function parseSelector(text: string): Selector | { readonly error: string } {
  try {
    const parser = new Parser(text);
    return { text, matches: parser.parse(), saysGlobal: parser.saysGlobal };
  } catch (error) {
    if (error instanceof SelectorError) return { error: error.message };
    throw error;
  }
}
