// The programs that the lab has besides just-bash's: one line each. The large ones are loaded when they first run, so
// that a shell starts quickly.
import type { Command } from './command.ts';
import { cat } from './commands/cat.ts';
import { date } from './commands/date.ts';
import { drops } from './commands/drops.ts';
import { env, printenv } from './commands/environment.ts';
import { head } from './commands/head.ts';
import { hostname, uname } from './commands/hostname.ts';
import { groups, id, tty, whoami } from './commands/id.ts';
import { ls } from './commands/ls.ts';
import { lsmod } from './commands/lsmod.ts';
import { mktemp, realpath } from './commands/mktemp.ts';
import { nsenter } from './commands/nsenter.ts';
import { less, more } from './commands/pager.ts';
import { killall, pgrep, pidof, pkill, ps } from './commands/processes.ts';
import { clear, REFUSED, sync } from './commands/refused.ts';
import { sleep } from './commands/sleep.ts';
import { nice, nohup, setsid, stdbuf, sudo } from './commands/sudo.ts';
import { taskset } from './commands/taskset.ts';
import { tee } from './commands/tee.ts';
import { timeout } from './commands/timeout.ts';
import { uptime } from './commands/uptime.ts';
import { which } from './commands/which.ts';
import { xargs } from './commands/xargs.ts';
import { yes } from './commands/yes.ts';

/** A command whose file is loaded by its first run. */
const lazy = (name: string, load: () => Promise<Command>, aliases: readonly string[] = []): Command => ({
  name,
  aliases,
  run: async (context, args) => (await load()).run(context, args),
});

export const COMMANDS: readonly Command[] = [
  lazy('arp', async () => (await import('./commands/arp/arp.ts')).arp),
  lazy('arping', async () => (await import('./commands/arping/arping.ts')).arping),
  lazy('brctl', async () => (await import('./commands/brctl/brctl.ts')).brctl),
  lazy('bridge', async () => (await import('./commands/bridge/bridge.ts')).bridge),
  lazy('calicoctl', async () => (await import('./commands/calicoctl/calicoctl.ts')).calicoctl),
  cat,
  clear,
  lazy('cmp', async () => (await import('./commands/diff.ts')).cmp),
  date,
  lazy('diff', async () => (await import('./commands/diff.ts')).diff),
  drops,
  env,
  lazy('ethtool', async () => (await import('./commands/ethtool/ethtool.ts')).ethtool),
  lazy('egrep', async () => (await import('./commands/grep/grep.ts')).egrep),
  lazy('fgrep', async () => (await import('./commands/grep/grep.ts')).fgrep),
  lazy('grep', async () => (await import('./commands/grep/grep.ts')).grep),
  groups,
  head,
  hostname,
  id,
  lazy('ifconfig', async () => (await import('./commands/ifconfig/ifconfig.ts')).ifconfig),
  lazy('ip', async () => (await import('./commands/ip/ip.ts')).ip),
  killall,
  lazy('kubectl', async () => (await import('./commands/kubectl/kubectl.ts')).kubectl),
  less,
  ls,
  lsmod,
  mktemp,
  lazy('modprobe', async () => (await import('./commands/modprobe/modprobe.ts')).modprobe),
  more,
  nice,
  nohup,
  lazy('nettest', async () => (await import('./commands/nettest/nettest.ts')).nettest),
  lazy('netstat', async () => (await import('./commands/netstat/netstat.ts')).netstat),
  nsenter,
  lazy('nstat', async () => (await import('./commands/nstat/nstat.ts')).nstat),
  pgrep,
  pidof,
  lazy('ping', async () => (await import('./commands/ping/ping.ts')).ping, ['ping4']),
  pkill,
  printenv,
  ps,
  realpath,
  lazy('route', async () => (await import('./commands/route/route.ts')).route),
  setsid,
  sleep,
  lazy('socat', async () => (await import('./commands/socat/socat.ts')).socat),
  lazy('ss', async () => (await import('./commands/ss/ss.ts')).ss),
  stdbuf,
  sudo,
  sync,
  lazy('sysctl', async () => (await import('./commands/sysctl/sysctl.ts')).sysctl),
  lazy('tc', async () => (await import('./commands/tc/tc.ts')).tc),
  lazy('tcpdump', async () => (await import('./commands/tcpdump/tcpdump.ts')).tcpdump),
  lazy('tcpreplay', async () => (await import('./commands/tcpreplay/tcpreplay.ts')).tcpreplay),
  taskset,
  tee,
  timeout,
  lazy('tracepath', async () => (await import('./commands/tracepath/tracepath.ts')).tracepath),
  lazy('traceroute', async () => (await import('./commands/traceroute/traceroute.ts')).traceroute, [
    'traceroute.db',
  ]),
  tty,
  uname,
  uptime,
  which,
  whoami,
  xargs,
  yes,
  ...REFUSED,
];
