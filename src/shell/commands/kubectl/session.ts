// One run of kubectl: its words, the API server, and how it complains.
import type { Cluster } from '../../../calico/cluster/cluster.ts';
import type { Problem } from '../../../calico/resource/problem.ts';
import type { Context } from '../../command.ts';
import type { Words } from '../cluster/words.ts';
import { ApiServer } from './api-server.ts';
import { type ApiType, serverName, typeCalled } from './types.ts';

/** What TYPE NAME, TYPE/NAME or TYPE alone means. */
export interface Selection {
  readonly type: ApiType;
  /** Null for all of the type. */
  readonly names: readonly string[] | null;
}

export class Session {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly api: ApiServer;
  readonly words: Words;
  readonly verb: string;

  constructor(context: Context, cluster: Cluster, words: Words, verb: string) {
    this.context = context;
    this.cluster = cluster;
    this.api = new ApiServer(cluster);
    this.words = words;
    this.verb = verb;
  }

  get namespace(): string {
    return this.words.value('namespace') || 'default';
  }

  out(text: string): void {
    this.context.out(`${text}\n`);
  }

  fail(text: string): number {
    this.context.err(`${text}\n`);
    return 1;
  }

  warn(text: string): void {
    this.context.err(`Warning: ${text}\n`);
  }

  notFound(type: ApiType, name: string): number {
    return this.fail(`Error from server (NotFound): ${serverName(type, name)} not found`);
  }

  notEmulated(what: string): number {
    return this.fail(`vrouter: kubectl: ${what} is not emulated`);
  }

  wrongUse(text: string): number {
    return this.fail(`error: ${text}\nSee 'kubectl ${this.verb} -h' for help and examples`);
  }

  /** The operands as TYPE[,TYPE] [NAME…] or TYPE/NAME…; an exit status once the error was told. */
  select(operands: readonly string[] = this.words.operands): Selection[] | number {
    const [first, ...names] = operands;
    if (first === undefined) return this.wrongUse('Required resource not specified.');
    if (first.includes('/')) return this.selectPairs(operands);
    const selections: Selection[] = [];
    for (const word of first.split(',')) {
      const type = typeCalled(word);
      if (type === null) return this.noSuchType(word);
      selections.push({ type, names: names.length === 0 ? null : names });
    }
    return selections;
  }

  private selectPairs(operands: readonly string[]): Selection[] | number {
    const selections: Selection[] = [];
    for (const operand of operands) {
      const [word, name, ...more] = operand.split('/');
      if (!name || more.length > 0)
        return this.fail(
          'error: there is no need to specify a resource type as a separate argument when passing arguments in ' +
            "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of " +
            "'kubectl get resource resource/<resource_name>'",
        );
      const type = typeCalled(word);
      if (type === null) return this.noSuchType(word);
      selections.push({ type, names: [name] });
    }
    return selections;
  }

  private noSuchType(word: string): number {
    return this.fail(`error: the server doesn't have a resource type "${word}"`);
  }
}

/** The API server's words for what is wrong with an object. */
export function invalidText(kind: string, name: string, problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').map(fieldText);
  const told = errors.length === 1 ? errors[0] : errors.map((error) => `\n* ${error}`).join('');
  return `The ${kind} "${name}" is invalid: ${told}`;
}

function fieldText({ field, value, reason }: Problem): string {
  if (field === '') return reason;
  return value === '' ? `${field}: ${reason}` : `${field}: Invalid value: "${value}": ${reason}`;
}
