// Numbers as printf's %#x writes them: 0 has no prefix.

export const alternateHex = (value: number): string =>
  value === 0 ? '0' : `0x${(value >>> 0).toString(16)}`;
