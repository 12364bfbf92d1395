#!/usr/bin/env node
// The command line: which subcommands there are. Each is defined in a file of its own that loads what it needs when
// it runs, so that `vrouter --help` loads next to nothing.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { defineCluster } from './cluster.ts';
import { expandClusterPaths } from './cluster-words.ts';
import { defineDiff } from './diff.ts';
import { defineImport } from './import.ts';
import { defineReplay } from './replay.ts';
import { defineShell } from './sh.ts';
import { defineTrace } from './trace.ts';
import { WRONG_USE } from './wrong.ts';

const version = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

export function createProgram(): Command {
  const program = new Command('vrouter')
    .description('A Linux router in memory, driven by ip, bridge, sysctl, ping and tcpdump lines.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .exitOverride();
  defineShell(program);
  defineCluster(program);
  defineReplay(program);
  defineTrace(program);
  defineImport(program);
  defineDiff(program);
  return program;
}

/** A reader that has gone (`vrouter sh x | head -1`) ends the run as SIGPIPE would. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
}

async function main(): Promise<void> {
  process.stdout.on('error', endOnBrokenPipe);
  try {
    await createProgram().parseAsync(expandClusterPaths(process.argv));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USE;
  }
}

void main();
