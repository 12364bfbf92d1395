// What a reconciler asks of a link before it writes to it.
import type { LinkInfo } from '../../admin/types.ts';

const IFF_UP = 1;

/** It is there and was set up: the kernel takes routes and neighbours for it. */
export const isUsable = (link: LinkInfo | null): boolean => link !== null && (link.flags & IFF_UP) !== 0;
