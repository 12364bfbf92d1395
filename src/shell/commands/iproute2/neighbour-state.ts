// Numbers of linux/neighbour.h, which neighbours and forwarding entries share.

/** NUD_*. */
export const State = {
  INCOMPLETE: 0x01,
  REACHABLE: 0x02,
  STALE: 0x04,
  DELAY: 0x08,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
} as const;

/** NTF_*, and NTF_EXT_MANAGED as the kernel's neigh->flags keeps it. */
export const EntryFlag = { PROXY: 0x08, EXT_LEARNED: 0x10, ROUTER: 0x80, MANAGED: 0x100 } as const;
