// Options that are numbers.
import { InvalidArgumentError } from 'commander';

/** A parser of a number from `low` to `high`. */
export const numberFrom =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`It is a number from ${low} to ${high}.`);
    return value;
  };

/** Of every random field. */
export const seedNumber = numberFrom(0, 0xffffffff);
