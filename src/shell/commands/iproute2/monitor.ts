// How `ip monitor` and `bridge monitor` run: each message is printed as it comes, until the process is asked to end
// (rtnl_listen).
import { type Message, subscribe } from '../../../admin/messages.ts';
import { formatTime } from '../date/format.ts';
import { LinkNames } from './link-names.ts';
import type { Session } from './session.ts';

/** The text for one message, without what stands in front of it; null for one that is passed over. */
export interface MessagePrinter {
  /** `[LINK]`: what stands in front with labels on; null where the message is nothing for this monitor. */
  label(message: Message): string | null;
  text(message: Message, names: LinkNames): string;
  /** It takes down the names of devices that it hears of (ll_remember_index); else it asks when it needs one. */
  readonly remembersNames: boolean;
}

/** gettimeofday as asctime(3) or shortly (print_timestamp). */
function stamp({ options, context }: Session): string {
  if (options.timestamp === 'none') return '';
  const { now } = context.lab.kernel.clock;
  const microseconds = Math.floor(now % 1_000_000);
  if (options.timestamp === 'long')
    return `Timestamp: ${formatTime('%a %b %e %H:%M:%S %Y', now)} ${microseconds} usec\n`;
  return `[${formatTime('%Y-%m-%dT%H:%M:%S', now)}.${String(microseconds).padStart(6, '0')}] `;
}

/** Runs until it is killed; gives the status of a process that a signal ended. */
export async function runMonitor(
  session: Session,
  printer: MessagePrinter,
  labelled: boolean,
): Promise<number> {
  const { process } = session.context;
  const names = new LinkNames(session);
  // A label alone waits in stdio's buffer until a whole message is written, or is lost with the process.
  let waiting = '';
  const end = subscribe(session.namespace, (message) => {
    if (message.kind === 'link' && printer.remembersNames) names.remember(message.link, message.gone);
    const label = printer.label(message);
    if (label === null) return;
    const text = printer.text(message, names);
    waiting += `${stamp(session)}${labelled ? label : ''}${text}`;
    if (text === '') return;
    session.out(waiting);
    waiting = '';
  });
  process.onKill(end);
  while (!process.killed) await process.wait(Number.POSITIVE_INFINITY, () => {});
  end();
  return 128 + process.signal;
}
