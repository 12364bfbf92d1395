// Programs that scripts call and that have no sense in a lab in memory: a clear refusal, or nothing at all.
import type { Command } from '../command.ts';

const refusing = (name: string, why: string): Command => ({
  name,
  run: (context) => {
    context.err(`vrouter: ${name}: ${why}\n`);
    return 1;
  },
});

const NO_SERVICES = 'there are no services in the lab';
const NO_PACKAGES = 'there are no packages in the lab: every program that it has is installed';

export const REFUSED: readonly Command[] = [
  refusing('systemctl', NO_SERVICES),
  refusing('service', NO_SERVICES),
  refusing('apt', NO_PACKAGES),
  refusing('apt-get', NO_PACKAGES),
  refusing('yum', NO_PACKAGES),
  refusing('dnf', NO_PACKAGES),
  refusing('apk', NO_PACKAGES),
  refusing('watch', 'the lab has no screen to watch; use a loop with sleep'),
  refusing('docker', 'there are no containers in the lab: use `ip netns`'),
  refusing('iptables', 'netfilter is not part of the lab'),
  refusing('iptables-legacy', 'netfilter is not part of the lab'),
  refusing('nft', 'netfilter is not part of the lab'),
  refusing('ssh', 'there is no other machine in the lab: use `ip netns exec`'),
  refusing('curl', 'TCP is not part of the lab'),
  refusing('wget', 'TCP is not part of the lab'),
  refusing('nc', 'TCP and UDP programs are not part of the lab'),
  refusing('netcat', 'TCP and UDP programs are not part of the lab'),
  refusing('ncat', 'TCP and UDP programs are not part of the lab'),
  refusing('iperf', 'TCP and UDP programs are not part of the lab'),
  refusing('iperf3', 'TCP and UDP programs are not part of the lab'),
  refusing('unshare', 'namespaces without a name are not part of the lab: use `ip netns add`'),
  refusing('mount', 'there is nothing to mount in the lab'),
  refusing('umount', 'there is nothing to mount in the lab'),
];

/** The screen is cleared. */
export const clear: Command = {
  name: 'clear',
  run: (context) => {
    context.out('\u001b[H\u001b[2J\u001b[3J');
    return 0;
  },
};

/** What is written is written. */
export const sync: Command = { name: 'sync', run: () => 0 };
