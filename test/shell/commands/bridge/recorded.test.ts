// `bridge` against Linux 6.1: every command of the recording prints here what it printed there.
import { describe, expect, it } from 'vitest';
import { readTranscript, replay } from '../iproute2/transcript.ts';

describe('bridge: the recording', async () => {
  const recorded = readTranscript(new URL('transcripts/bridge.txt', import.meta.url));
  const played = await replay(recorded);

  it.each(recorded.map((entry, i) => ({ ...entry, i })))('$i: $line', ({ line, printed, i }) => {
    expect(played[i]).toEqual({ line, printed });
  });
});
