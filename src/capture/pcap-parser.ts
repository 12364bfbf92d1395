// The npm package pcap-parser, driven synchronously: the only file that knows it, its streams and its Buffers.

import { EventEmitter } from 'node:events';
import { parse } from 'pcap-parser';

/** The fields of the file header that the parser reads (pcap-savefile(5)). */
export interface ClassicHeader {
  readonly snapshotLength: number;
  /** The whole 32-bit field: link type, and FCS length in its upper bits. */
  readonly linkLayerType: number;
}

/** Receives what the parser reads, during `feed`. */
export interface ClassicListener {
  header(header: ClassicHeader): void;
  /** `subseconds` counts microseconds, or nanoseconds when the file's own magic said so. */
  packet(seconds: number, subseconds: number, originalLength: number, data: Uint8Array): void;
}

/**
 * The "stream" the package listens to. It emits what it is told to, at once. The package pauses it, and
 * resumes it in process.nextTick, to keep a real stream from losing data before listeners are attached;
 * nothing can be lost here, so both are empty.
 */
class FedInput extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

/**
 * A function that hands bytes to pcap-parser and returns when the listener has had everything in them.
 *
 * pcap-parser trusts its input and joins its rest to every chunk, which is quadratic while a record is
 * incomplete. So the caller passes checked bytes only: first a header of version 2.4 with a microsecond magic
 * of either byte order, then whole records whose lengths are believable. Given this it copies each piece
 * once, holds nothing between two calls and cannot fail; if it does, that is a mistake in here and throws.
 */
export function openPcapParser(listener: ClassicListener): (bytes: Uint8Array) => void {
  const input = new FedInput();
  const parser = parse(input);
  parser.on('globalHeader', (header) => listener.header(header));
  parser.on('packet', ({ header, data }) =>
    listener.packet(
      header.timestampSeconds,
      header.timestampMicroseconds,
      header.originalLength,
      // A Buffer's slice() shares memory where a Uint8Array's copies: let none of them out.
      new Uint8Array(data.buffer, data.byteOffset, data.length),
    ),
  );
  parser.on('error', (error) => {
    throw error;
  });
  return (bytes) => input.emit('data', Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}
