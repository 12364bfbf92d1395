// The builtins by name. Each gets its arguments expanded and answers with the exit status.
import type { Builtin } from '../evaluator.ts';
import { colon, evalBuiltin, exec, source } from './commands.ts';
import { breakBuiltin, continueBuiltin, exit, returnBuiltin, shift } from './control.ts';
import { declare, exportBuiltin, local, readonly, unset } from './declare.ts';
import { cd, dirs, popd, pushd, pwd } from './directories.ts';
import { echo } from './echo.ts';
import { getopts } from './getopts.ts';
import { history } from './history.ts';
import { bg, disown, fg, jobs, kill, wait } from './jobs.ts';
import { builtin, command, hash, type } from './lookup.ts';
import { set, shopt } from './options.ts';
import { printf } from './printf.ts';
import { mapfile, read } from './read.ts';
import { test } from './test.ts';
import { trap } from './trap.ts';
import { alias, caller, letBuiltin, refused, times, ulimit, umask, unalias } from './various.ts';

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', colon],
  ['.', source],
  ['[', test],
  ['alias', alias],
  ['bg', bg],
  ['break', breakBuiltin],
  ['builtin', builtin],
  ['caller', caller],
  ['cd', cd],
  ['command', command],
  ['continue', continueBuiltin],
  ['declare', declare],
  ['dirs', dirs],
  ['disown', disown],
  ['echo', echo],
  ['enable', colon],
  ['eval', evalBuiltin],
  ['exec', exec],
  ['exit', exit],
  ['export', exportBuiltin],
  ['false', () => 1],
  ['fg', fg],
  ['getopts', getopts],
  ['hash', hash],
  ['history', history],
  ['jobs', jobs],
  ['kill', kill],
  ['let', letBuiltin],
  ['local', local],
  ['logout', exit],
  ['mapfile', mapfile],
  ['popd', popd],
  ['printf', printf],
  ['pushd', pushd],
  ['pwd', pwd],
  ['read', read],
  ['readarray', mapfile],
  ['readonly', readonly],
  ['return', returnBuiltin],
  ['set', set],
  ['shift', shift],
  ['shopt', shopt],
  ['source', source],
  ['suspend', refused],
  ['test', test],
  ['times', times],
  ['trap', trap],
  ['true', () => 0],
  ['type', type],
  ['typeset', declare],
  ['ulimit', ulimit],
  ['umask', umask],
  ['unalias', unalias],
  ['unset', unset],
  ['wait', wait],
]);
