// The part of the npm package pcap-parser 0.2.1 that is used here; it ships no types.

declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  interface GlobalHeader {
    majorVersion: number;
    minorVersion: number;
    snapshotLength: number;
    linkLayerType: number;
  }

  interface Packet {
    header: {
      timestampSeconds: number;
      timestampMicroseconds: number;
      capturedLength: number;
      originalLength: number;
    };
    data: Buffer;
  }

  /** What parse() needs of a stream: the events data, end and error, and these two methods. */
  interface Input extends EventEmitter {
    pause(): void;
    resume(): void;
  }

  interface Parser extends EventEmitter {
    on(event: 'globalHeader', listener: (header: GlobalHeader) => void): this;
    on(event: 'packet', listener: (packet: Packet) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  function parse(input: Input): Parser;
}
