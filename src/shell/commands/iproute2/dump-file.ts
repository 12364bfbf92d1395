// Files of `save`: a number that says what they are, and the messages of a dump (save_nlmsg, rtnl_from_file).
import { Errno, type Refusal } from '../../../addr/errno.ts';
import { type DumpIdentity, type Message, messagesIn, u32 } from './netlink-bytes.ts';
import type { Session } from './session.ts';

/** What tells the files apart, and what their reader calls them. */
export interface DumpKind {
  readonly magic: number;
  readonly name: string;
}

export const ROUTE_DUMP: DumpKind = { magic: 0x45311224, name: 'route' };
export const ADDRESS_DUMP: DumpKind = { magic: 0x47361222, name: 'address' };
export const RULE_DUMP: DumpKind = { magic: 0x71706986, name: 'rule' };

const MAGIC_LENGTH = 4;

/** False, and a complaint, where bytes would end on a screen. */
export function writeMagic(session: Session, kind: DumpKind): boolean {
  if (session.context.isTerminal) {
    session.fail('Not sending a binary stream to stdout');
    return false;
  }
  session.context.outBytes(Uint8Array.from(u32(kind.magic)));
  return true;
}

/** One message for each item, all of one dump. */
export function writeMessages<Item>(
  { context }: Session,
  items: readonly Item[],
  encode: (item: Item, identity: DumpIdentity) => number[],
): void {
  const identity = {
    sequence: Math.floor(context.lab.kernel.clock.now / 1e6) >>> 0,
    port: context.process.pid,
  };
  context.outBytes(Uint8Array.from(items.flatMap((item) => encode(item, identity))));
}

/** Standard input behind the magic; null, and a complaint, if it is of another kind. */
export async function readDump(session: Session, kind: DumpKind): Promise<Uint8Array | null> {
  const bytes = await session.context.readStdin();
  const isWhole = bytes.length >= MAGIC_LENGTH;
  const magic = isWhole ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : 0;
  if (magic === kind.magic) return bytes;
  session.fail(`Magic mismatch (${isWhole ? 1 : 0} elems, ${magic.toString(16)} magic)`);
  return null;
}

/** Hands each message on until one fails; 0, or -1 for a message that failed or was none (rtnl_from_file). */
export function eachMessage(
  session: Session,
  bytes: Uint8Array,
  take: (message: Message) => boolean,
): 0 | -1 {
  for (const message of messagesIn(bytes, MAGIC_LENGTH)) {
    if (typeof message === 'string') session.fail(message);
    if (typeof message === 'string' || !take(message)) return -1;
  }
  return 0;
}

/** Says what the kernel refused; what is there already is no failure. */
export function isRestored(session: Session, refusal: Refusal | null): boolean {
  session.answer(refusal);
  return refusal === null || refusal.errno === Errno.EEXIST;
}
