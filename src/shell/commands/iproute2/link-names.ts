// Names of devices as a tool that runs for long remembers them (the cache of lib/ll_map.c): a name that was heard once
// stays until its device is gone, whatever it is called by then.
import { dumpLinks } from '../../../admin/link.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import type { Session } from './session.ts';

export class LinkNames {
  private readonly session: Session;
  private readonly known = new Map<number, string>();

  /** Knows all that are there (ll_init_map). */
  constructor(session: Session) {
    this.session = session;
    for (const { index, name } of dumpLinks(session.namespace)) this.known.set(index, name);
  }

  /** ll_remember_index. */
  remember({ index, name }: LinkInfo, gone: boolean): void {
    if (gone) this.known.delete(index);
    else if (!this.known.has(index)) this.known.set(index, name);
  }

  /** ll_index_to_name: what is not remembered is asked for, and then is. */
  nameOf(index: number): string {
    const known = this.known.get(index);
    if (known !== undefined) return known;
    const link = this.session.linkByIndex(index);
    if (link !== null) this.remember(link, false);
    return this.session.nameOf(index);
  }
}
