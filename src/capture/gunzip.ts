// Unpacks gzip with node:zlib: the only file, beside pcap-parser.ts, that needs Node.

import { once } from 'node:events';
import { constants, createGunzip, gunzipSync } from 'node:zlib';

/** Bytes handed to zlib at once. Deflate expands 1032 times at most, so 4 MiB of output are held at most. */
const INPUT_PIECE = 4_096;

/** Whether the bytes start as RFC 1952, section 2.3.1 says. */
export function startsGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a stream with back-pressure; several members in a row are one stream. Damage does not throw: what
 * came before it is yielded (but for the last 16 KiB at most, which zlib keeps), then `onDamage` is told, and
 * the stream ends. What `source` throws is passed on.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  onDamage: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const inflater = createGunzip();
  const unpacked: Uint8Array[] = [];
  let damage: Error | undefined;
  inflater.on('data', (chunk: Uint8Array) => unpacked.push(chunk));
  inflater.on('error', (error) => {
    damage = error;
  });
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length && damage === undefined; at += INPUT_PIECE) {
        await written(inflater, chunk.subarray(at, at + INPUT_PIECE));
        yield* unpacked.splice(0);
      }
      if (damage !== undefined) break;
    }
    if (damage === undefined) await ended(inflater);
    yield* unpacked.splice(0);
    if (damage !== undefined) onDamage(damage.message);
  } finally {
    inflater.destroy();
  }
}

type Inflater = ReturnType<typeof createGunzip>;

/** Resolves when zlib is through with the piece. After an error the write's own callback never comes. */
function written(inflater: Inflater, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflater.off('error', done);
      resolve();
    };
    inflater.on('error', done);
    inflater.write(piece, done);
  });
}

async function ended(inflater: Inflater): Promise<void> {
  inflater.end();
  await once(inflater, 'end').catch(() => {});
}

/** What a whole gzip file unpacked to, and what was wrong with it. */
export interface Unpacked {
  readonly bytes: Uint8Array;
  readonly damage: string | undefined;
  readonly tooLarge: boolean;
}

/** Unpacks a whole file of at most `limit` bytes; of a damaged one, everything in front of the damage. */
export function gunzipWhole(bytes: Uint8Array, limit: number): Unpacked {
  const whole = attempt(bytes, limit, constants.Z_FINISH);
  if (typeof whole !== 'string') return { bytes: whole, damage: undefined, tooLarge: false };
  if (whole === TOO_LARGE) return { bytes: new Uint8Array(0), damage: undefined, tooLarge: true };
  return { bytes: longestPrefix(bytes, limit), damage: whole, tooLarge: false };
}

const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

/** The unpacked bytes, or why there are none. */
function attempt(bytes: Uint8Array, limit: number, finishFlush: number): Uint8Array | string {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit, finishFlush });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === TOO_LARGE ? TOO_LARGE : message;
  }
}

/**
 * zlib's synchronous call gives nothing at all for a damaged file, but all there is for one that is merely
 * cut off. So: the longest prefix that is not damaged, by bisection, in some twenty attempts.
 */
function longestPrefix(bytes: Uint8Array, limit: number): Uint8Array {
  let best: Uint8Array = new Uint8Array(0);
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const unpacked = attempt(bytes.subarray(0, middle), limit, constants.Z_SYNC_FLUSH);
    if (typeof unpacked === 'string') bad = middle;
    else [good, best] = [middle, unpacked];
  }
  return best;
}
