// What the options of `ip` and `bridge` do with the words behind them.
import type { Arguments, Keyword } from './arguments.ts';
import { type Options, parseFamily } from './options.ts';
import type { Session } from './session.ts';

type Take = Keyword<Session>['take'];

type Switch = { [Name in keyof Options]: Options[Name] extends boolean ? Name : never }[keyof Options];

/** An option without a value that is on or off. */
export const turnOn =
  (name: Switch): Take =>
  ({ options }) => {
    options[name] = true;
  };

/** `-stats`, which says more when it is given again. */
export const countStatistics: Take = ({ options }) => {
  options.statistics++;
};

export const setTimestamp =
  (timestamp: Options['timestamp']): Take =>
  ({ options }) => {
    options.timestamp = timestamp;
  };

export const setFamily =
  (family: number): Take =>
  ({ options }) => {
    options.family = family;
  };

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
