// Runs the comparisons with peers, each in a process of its own: npm run bench:peers -- [lpm|lpm6|forward|capture]… [OPTION…].
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ALL = ['lpm', 'lpm6', 'forward', 'capture'];

const args = process.argv.slice(2);
const asked = ALL.filter((name) => args.includes(name));
const failed = (asked.length > 0 ? asked : ALL).filter((name) => {
  console.log(`== ${name}`);
  const file = join(import.meta.dirname, `${name}.js`);
  return spawnSync(process.execPath, [...process.execArgv, file, ...args], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) process.exitCode = 1;
