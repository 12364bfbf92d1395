// The programs that the lab has besides just-bash's: one line each.
import type { Command } from './command.ts';
import { arp } from './commands/arp/arp.ts';
import { arping } from './commands/arping/arping.ts';
import { brctl } from './commands/brctl/brctl.ts';
import { bridge } from './commands/bridge/bridge.ts';
import { cat } from './commands/cat.ts';
import { date } from './commands/date.ts';
import { drops } from './commands/drops.ts';
import { env, printenv } from './commands/environment.ts';
import { ethtool } from './commands/ethtool/ethtool.ts';
import { head } from './commands/head.ts';
import { hostname, uname } from './commands/hostname.ts';
import { groups, id, tty, whoami } from './commands/id.ts';
import { ifconfig } from './commands/ifconfig/ifconfig.ts';
import { ip } from './commands/ip/ip.ts';
import { ls } from './commands/ls.ts';
import { lsmod } from './commands/lsmod.ts';
import { mktemp, realpath } from './commands/mktemp.ts';
import { modprobe } from './commands/modprobe/modprobe.ts';
import { netstat } from './commands/netstat/netstat.ts';
import { nsenter } from './commands/nsenter.ts';
import { ping } from './commands/ping/ping.ts';
import { killall, pgrep, pidof, pkill, ps } from './commands/processes.ts';
import { clear, REFUSED, sync } from './commands/refused.ts';
import { route } from './commands/route/route.ts';
import { sleep } from './commands/sleep.ts';
import { nice, nohup, setsid, stdbuf, sudo } from './commands/sudo.ts';
import { sysctl } from './commands/sysctl/sysctl.ts';
import { tcpdump } from './commands/tcpdump/tcpdump.ts';
import { tcpreplay } from './commands/tcpreplay/tcpreplay.ts';
import { tee } from './commands/tee.ts';
import { timeout } from './commands/timeout.ts';
import { traceroute } from './commands/traceroute/traceroute.ts';
import { which } from './commands/which.ts';
import { xargs } from './commands/xargs.ts';

export const COMMANDS: readonly Command[] = [
  arp,
  arping,
  brctl,
  bridge,
  cat,
  clear,
  date,
  drops,
  env,
  ethtool,
  groups,
  head,
  hostname,
  id,
  ifconfig,
  ip,
  killall,
  ls,
  lsmod,
  mktemp,
  modprobe,
  nice,
  nohup,
  netstat,
  nsenter,
  pgrep,
  pidof,
  ping,
  pkill,
  printenv,
  ps,
  realpath,
  route,
  setsid,
  sleep,
  stdbuf,
  sudo,
  sync,
  sysctl,
  tcpdump,
  tcpreplay,
  tee,
  timeout,
  traceroute,
  tty,
  uname,
  which,
  whoami,
  xargs,
  ...REFUSED,
];
