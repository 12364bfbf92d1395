// What the user can put right: how a subcommand says so and ends.

export interface Wrong {
  readonly wrong: string;
}

/** The exit status of wrong use of the command line. */
export const WRONG_USE = 2;

/** Says what is wrong; the run ends with that status. */
export function refuse(command: string, { wrong }: Wrong): void {
  process.stderr.write(`vrouter ${command}: ${wrong}\n`);
  process.exitCode = WRONG_USE;
}

/** Ends a run with its exit status, or with what is wrong. */
export function finish(command: string, result: number | Wrong): void {
  if (typeof result === 'number') process.exitCode = result;
  else refuse(command, result);
}
