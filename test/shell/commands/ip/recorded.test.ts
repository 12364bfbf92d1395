// `ip` against Linux 6.1: every command of the recordings prints here what it printed there.
import { describe, expect, it } from 'vitest';
import { readTranscript, replay } from '../iproute2/transcript.ts';

const RECORDINGS = ['link', 'address', 'route', 'rule', 'neighbour', 'netns', 'tunnel', 'errors'];

describe.each(RECORDINGS)('ip: the recording %s', async (name) => {
  const recorded = readTranscript(new URL(`transcripts/${name}.txt`, import.meta.url));
  const played = await replay(recorded);

  it.each(recorded.map((entry, i) => ({ ...entry, i })))('$i: $line', ({ line, printed, i }) => {
    expect(played[i]).toEqual({ line, printed });
  });
});
