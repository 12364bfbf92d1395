// Settings below /proc/sys that are written in their order.
import type { Failure, Port } from '../../program/port.ts';

export interface Sysctl {
  /** `net/ipv4/conf/cali…/proxy_arp`. */
  readonly path: string;
  readonly value: string;
}

/** Writes each, be it what the file says already: a device that was written to follows conf.default no more. */
export function ensureSysctls(port: Port, list: readonly Sysctl[]): Failure[] {
  const failures: Failure[] = [];
  for (const { path, value } of list) {
    const refusal = port.perform({ do: 'sysctl', path, value });
    if (refusal !== null) failures.push({ operation: { do: 'sysctl', path, value }, refusal });
  }
  return failures;
}
