// A case: the lines that build a lab, the devices that are listened to, the frames that go in and what is changed
// between them. As a scenario it is a script for the kernel and for vrouter alike.

/** A device in a namespace. */
export interface Place {
  readonly host: string;
  readonly device: string;
}

/** A frame that `at` sends. */
export interface Input {
  readonly at: Place;
  readonly frame: Uint8Array;
}

/** An administrative change. */
export interface Change {
  readonly line: string;
}

export const isInput = (one: Input | Change): one is Input => 'frame' in one;

export interface Case {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Commands for one host each; each can be left out when a case is shrunk. */
  readonly lines: readonly string[];
  readonly taps: readonly Place[];
  /** Frames, and changes between them. */
  readonly inputs: readonly (Input | Change)[];
  /** What the hosts themselves send afterwards, and routes that they are asked for. */
  readonly probes: readonly string[];
}
