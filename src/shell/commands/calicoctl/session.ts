// One run of calicoctl: the cluster, its words, and how it complains.
import type { Cluster } from '../../../calico/cluster/cluster.ts';
import type { Context } from '../../command.ts';
import type { Words } from '../cluster/words.ts';

export class Session {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly words: Words;
  private readonly line: string;

  constructor(context: Context, cluster: Cluster, words: Words, line: string) {
    this.context = context;
    this.cluster = cluster;
    this.words = words;
    this.line = line;
  }

  out(text: string): void {
    this.context.out(`${text}\n`);
  }

  /** Ends the run with an error of calicoctl's own; v3.20 begins them with a capital. */
  fail(text: string): number {
    const isOld = this.cluster.options.release === 'v3.20';
    return this.refuse(isOld ? text.charAt(0).toUpperCase() + text.slice(1) : text);
  }

  refuse(text: string): number {
    this.context.err(`${text}\n`);
    return 1;
  }

  wrongUse(): number {
    return this.fail(
      `invalid option: 'calicoctl ${this.line}'. Use flag '--help' to read about a specific subcommand`,
    );
  }

  notEmulated(what: string): number {
    return this.refuse(`vrouter: calicoctl: ${what} is not emulated`);
  }
}
