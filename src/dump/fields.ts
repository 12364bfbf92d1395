// One object of iproute2's JSON, or a line of its text made into one: fields are taken by name and type, and the first
// that is not what it should be is remembered with its value.
import { ANY, type Ipv4, parseIpv4 } from '../addr/ipv4.ts';
import { type Mac, parseMac } from '../addr/mac.ts';

export type Json = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A whole number in decimal or, behind 0x, hexadecimal; null for anything else. */
export function parseNumber(text: string): number | null {
  if (!/^(\d{1,15}|0x[0-9a-fA-F]{1,12})$/.test(text)) return null;
  return Number(text);
}

export class Fields {
  /** What is wrong, '' while nothing is. */
  wrong = '';
  private readonly record: Json;
  private readonly asked = new Set<string>();

  constructor(record: Json) {
    this.record = record;
  }

  has(key: string): boolean {
    this.asked.add(key);
    return this.record[key] !== undefined;
  }

  /** A flag: iproute2 writes true, or null for a word without a value. */
  flag(key: string): boolean {
    return this.has(key) && this.record[key] !== false;
  }

  text(key: string, otherwise = ''): string {
    if (!this.has(key)) return otherwise;
    const value = this.record[key];
    if (typeof value === 'string') return value;
    return value === null ? otherwise : typeof value === 'number' ? String(value) : this.fail(key, otherwise);
  }

  number(key: string, otherwise = 0): number {
    if (!this.has(key)) return otherwise;
    const value = this.record[key];
    if (typeof value === 'number') return value;
    return (typeof value === 'string' ? parseNumber(value) : null) ?? this.fail(key, otherwise);
  }

  address(key: string): Ipv4 {
    return this.has(key) ? (parseIpv4(this.text(key)) ?? this.fail(key, ANY)) : ANY;
  }

  mac(key: string): Mac | null {
    return this.has(key) ? (parseMac(this.text(key)) ?? this.fail(key, null)) : null;
  }

  /** A name of the table, or a number. */
  named(key: string, names: ReadonlyMap<number, string>, otherwise: number): number {
    if (!this.has(key)) return otherwise;
    const text = this.text(key);
    for (const [number, name] of names) if (name === text) return number;
    return parseNumber(text) ?? this.fail(key, otherwise);
  }

  list(key: string): readonly unknown[] {
    if (!this.has(key)) return [];
    const value = this.record[key];
    return Array.isArray(value) ? value : this.fail(key, []);
  }

  words(key: string): readonly string[] {
    return this.list(key).map(String);
  }

  inner(key: string): Fields {
    const value = this.has(key) ? this.record[key] : {};
    return new Fields(isObject(value) ? value : this.fail(key, {}));
  }

  /** Fields that say nothing about where packets go. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.asked.add(key);
  }

  /** What is wrong, or the first field that nobody asked for. */
  complaint(): string {
    if (this.wrong !== '') return this.wrong;
    const unknown = Object.keys(this.record).find((key) => !this.asked.has(key));
    return unknown === undefined ? '' : `unknown word "${unknown}"`;
  }

  private fail<T>(key: string, otherwise: T): T {
    if (this.wrong === '') this.wrong = `${key} is ${JSON.stringify(this.record[key])}`;
    return otherwise;
  }
}

/** A record made into what it says, or what is wrong with it. */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

export const reading = <T>(fields: Fields, value: T): Reading<T> => {
  const wrong = fields.complaint();
  return wrong === '' ? { value } : { wrong };
};
