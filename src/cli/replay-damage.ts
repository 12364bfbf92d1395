// What is wrong with the captures themselves, file by file.
import { describeFinding, type Finding, type FindingWhat } from '../capture/finding.ts';
import type { Damages } from '../replay/report.ts';

/** Damages of a vantage point's files that are told one by one. */
const DAMAGE_LIMIT = 100;
/** Damage to a record that is read all the same. */
const READABLE: readonly FindingWhat[] = ['bad-option', 'bad-subseconds', 'captured-exceeds-original'];

export class Damage implements Damages {
  readonly texts: string[] = [];
  readonly unread = { records: 0, more: false };
  count = 0;
  private readonly names: readonly string[];
  private readonly latest = new Map<number, number>();

  constructor(captures: readonly string[]) {
    this.names = captures;
  }

  /** `file` says which of the captures. */
  add(file: number, findings: readonly Finding[]): void {
    this.count += findings.length;
    const place = this.names.length > 1 ? `${this.names[file]}: ` : '';
    for (const finding of findings)
      if (this.texts.length < DAMAGE_LIMIT) this.texts.push(place + describeFinding(finding));
    for (const { what, number } of findings) if (!READABLE.includes(what)) this.lose(file, number);
  }

  /** Several findings may be about one record. */
  private lose(file: number, number: number): void {
    if (number === 0) this.unread.more = true;
    else if (number !== this.latest.get(file)) this.unread.records++;
    this.latest.set(file, number);
  }
}
