// Dates as programs print them in a lab, whose time zone is UTC.

/** `2026-11-20 10:37:13.761775` for microseconds since the epoch. */
export function civilTime(microseconds: number): string {
  const iso = new Date(Math.floor(microseconds / 1000)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${String(microseconds % 1_000_000).padStart(6, '0')}`;
}
