// `printf`: formats with the arguments taken again and again, `%b`, `%q`, `%(…)T`, `-v`.

import { formatTime } from '../../commands/date/format.ts';
import { assignScalar } from '../assignment.ts';
import { splitSubscript, subscriptKey } from '../parameter.ts';
import { quoteWithBackslashes } from '../quote.ts';
import type { Shell } from '../shell.ts';
import { unescapeEcho, writeOut } from './echo.ts';

const CONVERSION =
  /%(%|([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:hh|h|ll|l|j|z|t|L)*(?:\(([^)]*)\)T|([a-zA-Z]))|$)/g;

export async function printf(shell: Shell, args: readonly string[]): Promise<number> {
  let words = args;
  let variable: string | null = null;
  if (words[0] === '-v' && words.length > 1) {
    variable = words[1];
    words = words.slice(2);
  }
  if (words[0] === '--') words = words.slice(1);
  if (words.length === 0) {
    shell.write(2, 'printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const printer = new Printer(shell, words.slice(1));
  const text = printer.run(words[0]);
  if (variable === null) return writeOut(shell, 'printf', text) || printer.status;
  const indexed = splitSubscript(variable);
  if (shell.refuseReadonly(indexed?.name ?? variable)) return 1;
  if (indexed === null) assignScalar(shell, variable, text, false);
  else
    shell.variables.setElement(
      indexed.name,
      await subscriptKey(shell, indexed.name, indexed.subscript),
      text,
    );
  return printer.status;
}

class Printer {
  status = 0;
  private readonly shell: Shell;
  private readonly args: readonly string[];
  private next = 0;
  private ended = false;

  constructor(shell: Shell, args: readonly string[]) {
    this.shell = shell;
    this.args = args;
  }

  run(format: string): string {
    let text = '';
    do {
      const before = this.next;
      text += this.once(format);
      if (this.next === before) break;
    } while (this.next < this.args.length && !this.ended);
    return text;
  }

  /** The format once: literal text with its escapes, and conversions. */
  private once(format: string): string {
    let text = '';
    let at = 0;
    for (const found of format.matchAll(CONVERSION)) {
      if (this.ended) return text;
      text += unescapeFormat(format.slice(at, found.index));
      at = found.index + found[0].length;
      text += found[1] === '%' ? '%' : this.convert(found);
    }
    return this.ended ? text : text + unescapeFormat(format.slice(at));
  }

  private argument(): string | undefined {
    return this.args[this.next++];
  }

  private convert(found: RegExpMatchArray): string {
    const [all, , given = '', wide, exact, time, conversion] = found;
    let flags = given;
    let width = wide === '*' ? Number(this.argument() ?? 0) : Number(wide ?? 0);
    const hasPrecision = /\./.test(all.slice(1 + given.length).replace(/\(.*/, ''));
    const precision = hasPrecision ? (exact === '*' ? Number(this.argument() ?? 0) : Number(exact ?? 0)) : -1;
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    if (time !== undefined) return pad(this.time(time), width, flags);
    switch (conversion) {
      case 's':
        return pad(cut(this.argument() ?? '', precision), width, flags);
      case 'b': {
        const { text, ended } = unescapeEcho(this.argument() ?? '');
        this.ended = ended;
        return pad(cut(text, precision), width, flags);
      }
      case 'q':
        return pad(quoteWithBackslashes(this.argument() ?? ''), width, flags);
      case 'c':
        return pad((this.argument() ?? '').slice(0, 1), width, flags);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        return integer(this.integer(), conversion, flags, width, precision);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return float(this.number(), conversion, flags, width, precision < 0 ? 6 : precision);
      default:
        this.shell.complain(`printf: \`${conversion ?? all.slice(1)}': invalid format character`);
        this.status = 1;
        this.ended = true;
        return '';
    }
  }

  private integer(): bigint {
    const text = this.argument() ?? '0';
    if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
    const found = /^\s*([-+]?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    const whole = found !== null && found[0].length === text.length;
    if (!whole && text !== '') {
      this.shell.complain(`printf: ${text}: invalid number`);
      this.status = 1;
    }
    if (found === null) return 0n;
    const digits = /^0[0-7]+$/.test(found[2]) ? `0o${found[2].slice(1)}` : found[2];
    return found[1] === '-' ? -BigInt(digits) : BigInt(digits);
  }

  private number(): number {
    const text = this.argument() ?? '0';
    const value = Number(text);
    if (!Number.isNaN(value)) return value;
    this.shell.complain(`printf: ${text}: invalid number`);
    this.status = 1;
    return Number.parseFloat(text) || 0;
  }

  private time(format: string): string {
    const given = this.argument();
    const { scheduler, startedAt } = this.shell.session;
    const at =
      given === undefined || given === '-1'
        ? scheduler.now
        : given === '-2'
          ? startedAt
          : Number(given) * 1e6;
    return formatTime(format === '' ? '%H:%M:%S' : format, at);
  }
}

function unescapeFormat(text: string): string {
  return text.includes('\\')
    ? text
        .replace(/\\(?:(["'?])|([0-7]{1,3})|.|$)/gs, (all, quote?: string, octal?: string) => {
          if (quote !== undefined) return quote;
          if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
          return all;
        })
        .replace(
          /\\(?:x[\da-fA-F]{1,2}|u[\da-fA-F]{1,4}|U[\da-fA-F]{1,8}|[abeEfnrtv\\])/g,
          (all) => unescapeEcho(all).text,
        )
    : text;
}

const cut = (text: string, precision: number): string => (precision < 0 ? text : text.slice(0, precision));

const pad = (text: string, width: number, flags: string): string =>
  flags.includes('-') ? text.padEnd(width) : text.padStart(width);

function signed(text: string, negative: boolean, flags: string, width: number, zeros: boolean): string {
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if (zeros && flags.includes('0') && !flags.includes('-'))
    return sign + text.padStart(width - sign.length, '0');
  return pad(sign + text, width, flags);
}

const RADIX: Readonly<Record<string, number>> = { x: 16, X: 16, o: 8 };

function integer(value: bigint, conversion: string, flags: string, width: number, precision: number): string {
  const negative = value < 0n && (conversion === 'd' || conversion === 'i');
  const magnitude = negative ? -value : BigInt.asUintN(64, value);
  let digits = magnitude.toString(RADIX[conversion] ?? 10).padStart(precision, '0');
  if (flags.includes('#') && magnitude !== 0n) {
    if (conversion === 'o') digits = `0${digits}`;
    else if (conversion === 'x' || conversion === 'X') digits = `0x${digits}`;
  }
  if (conversion === 'X') digits = digits.toUpperCase();
  const plain = 'di'.includes(conversion) ? flags : flags.replace(/[+ ]/g, '');
  return signed(digits, negative, plain, width, precision < 0);
}

function float(value: number, conversion: string, flags: string, width: number, precision: number): string {
  const negative = value < 0 || Object.is(value, -0);
  const magnitude = Math.abs(value);
  let text: string;
  if (!Number.isFinite(magnitude)) text = Number.isNaN(magnitude) ? 'nan' : 'inf';
  else if (conversion === 'f' || conversion === 'F') text = magnitude.toFixed(precision);
  else if (conversion === 'e' || conversion === 'E') text = exponent(magnitude.toExponential(precision));
  else text = general(magnitude, precision === 0 ? 1 : precision, flags);
  if (/[EFG]/.test(conversion)) text = text.toUpperCase();
  return signed(text, negative, flags, width, true);
}

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2');

function general(value: number, precision: number, flags: string): string {
  const power = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  const scientific = power < -4 || power >= precision;
  const text = scientific ? value.toExponential(precision - 1) : value.toFixed(precision - 1 - power);
  const [mantissa, tail] = text.split('e');
  const short = flags.includes('#') || !mantissa.includes('.') ? mantissa : mantissa.replace(/\.?0+$/, '');
  return tail === undefined ? short : exponent(`${short}e${tail}`);
}
