// What a kind of device is to `ip link`: how it reads the words behind `type KIND` and prints what it is set to.
import type { LinkChange, LinkInfo, VethSettings } from '../../../admin/types.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import type { Printer } from '../iproute2/printer.ts';

/** What a kind's words are read into. */
export interface KindRequest {
  /** `ip link add`, as against `set`. */
  readonly create: boolean;
  /** The device that is changed, null for a new one. */
  readonly link: LinkInfo | null;
  readonly change: LinkChange;
  veth: VethSettings | null;
}

export interface Kind {
  /** Reads the words behind the kind's name; left out by kinds that overlook all words. */
  readonly parse?: (args: Arguments, request: KindRequest) => void;
  /** Prints info_data (or info_slave_data); `nameOf` gives names of devices by index. */
  readonly print?: (out: Printer, info: LinkInfo, nameOf: (index: number) => string) => void;
  /** `ip link help KIND`. */
  readonly usage: string;
}
