// What the options of `ip` and `bridge` do with the words behind them.
import type { Arguments, Keyword } from './arguments.ts';
import { type Options, parseFamily } from './options.ts';
import type { Session } from './session.ts';

type Take = Keyword<Session>['take'];

/** An option without a value. */
export const set =
  (change: (options: Options) => void): Take =>
  ({ options }) =>
    change(options);

export const setFamily = (family: number): Take =>
  set((options) => {
    options.family = family;
  });

/** An option whose value is there, or `usage` is printed. */
export const valued =
  (usage: string, take: (session: Session, args: Arguments, text: string) => void): Take =>
  (session, args) => {
    if (args.hasValue) take(session, args, args.value());
    else args.usage(usage);
  };

/** `-family`: one that `allowed` holds. */
export const familyOption = (usage: string, allowed: readonly number[]): Take =>
  valued(usage, ({ options }, args, text) => {
    if (text === 'help') args.usage(usage);
    const family = parseFamily(text);
    if (allowed.includes(family)) options.family = family;
    else args.wrong('invalid protocol family', text);
  });

export const batchOption = (usage: string): Take =>
  valued(usage, ({ options }, _, text) => {
    options.batch = text;
  });

export const ignored = (): void => {};
