// The programs that the lab has besides just-bash's: one line each.
import type { Command } from './command.ts';
import { arp } from './commands/arp/arp.ts';
import { arping } from './commands/arping/arping.ts';
import { brctl } from './commands/brctl/brctl.ts';
import { cat } from './commands/cat.ts';
import { date } from './commands/date.ts';
import { ethtool } from './commands/ethtool/ethtool.ts';
import { ifconfig } from './commands/ifconfig/ifconfig.ts';
import { ip } from './commands/ip/ip.ts';
import { modprobe } from './commands/modprobe/modprobe.ts';
import { netstat } from './commands/netstat/netstat.ts';
import { ping } from './commands/ping/ping.ts';
import { route } from './commands/route/route.ts';
import { sleep } from './commands/sleep.ts';
import { tcpreplay } from './commands/tcpreplay/tcpreplay.ts';
import { traceroute } from './commands/traceroute/traceroute.ts';

export const COMMANDS: readonly Command[] = [
  arp,
  arping,
  brctl,
  cat,
  date,
  ethtool,
  ifconfig,
  ip,
  modprobe,
  netstat,
  ping,
  route,
  sleep,
  tcpreplay,
  traceroute,
];
