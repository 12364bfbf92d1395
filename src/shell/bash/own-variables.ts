// The variables that a shell sets when it starts, whatever its environment says.
import type { Shell } from './shell.ts';

const VERSION = '5.2.15(1)-release';
const MACHINE = 'x86_64-pc-linux-gnu';

/** What `bash --version` prints. */
export const VERSION_TEXT = `GNU bash, version ${VERSION} (${MACHINE})
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
`;

/** IFS and PS4 are never taken from the environment (PS4 not by root). */
const OF_EVERY_SHELL = { IFS: ' \t\n', OPTIND: '1', PS4: '+ ' };

const OF_BASH = {
  BASH: '/usr/bin/bash',
  BASH_VERSION: VERSION,
  EUID: '0',
  GROUPS: '0',
  HOSTTYPE: 'x86_64',
  MACHTYPE: MACHINE,
  OSTYPE: 'linux-gnu',
  UID: '0',
};

/** `sh` is another shell, as dash is on Debian: it has none of bash's own variables. */
export function setOwnVariables(shell: Shell, isBash: boolean): void {
  const { variables } = shell;
  const own = { ...OF_EVERY_SHELL, ...(isBash ? OF_BASH : {}), PPID: String(shell.task.parent?.pid ?? 1) };
  for (const [name, value] of Object.entries(own)) variables.set(name, value);
  if (!isBash) return;
  if (variables.get('HOSTNAME') === undefined) variables.set('HOSTNAME', 'vrouter');
  const version = ['5', '2', '15', '1', 'release', MACHINE];
  variables.setArray('BASH_VERSINFO', new Map(version.map((part, index) => [String(index), part])), false);
  variables.mark('BASH_VERSINFO', 'readonly', true);
}
