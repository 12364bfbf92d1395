// Files of `ip … save`: the bytes that Linux 6.1 and iproute2 6.1 wrote, and that whatever is saved comes back.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLab } from '../../../../src/lab/create.ts';
import { messagesIn } from '../../../../src/shell/commands/iproute2/netlink-bytes.ts';
import { runScript } from '../../../../src/shell/run.ts';

const SETUP = `ip link add eth0 type dummy; ip link set eth0 up; ip address add 10.0.0.1/24 brd + dev eth0
ip address add 10.0.0.2/24 dev eth0`;

async function printed(script: string): Promise<string> {
  return (await runScript({ lab: createLab(), script })).output;
}

describe('a saved route', () => {
  // Recorded: `ip -n a route save 10.1.0.0/16`, in words, without the sequence number and the sender.
  const KERNEL = `0000004c 00220018 00001002 010004fe 00000000 000f0008 000000fe 00010008 0000010a 00060008
    00000007 00070008 0200000a 00050008 fd00000a 00040008 00000002`;

  test('is the message that the kernel sends', async () => {
    const files = await runScript({
      lab: createLab(),
      script: `${SETUP}; ip route add 10.1.0.0/16 via 10.0.0.253 metric 7 proto static src 10.0.0.2
ip route save 10.1.0.0/16 | od -v -b`,
    });
    const bytes = [...files.output.matchAll(/ ([0-7]{3})\b/g)].map(([, digits]) =>
      Number.parseInt(digits, 8),
    );
    const view = new DataView(Uint8Array.from(bytes).buffer);
    const words = Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4, true));
    const [magic, length, type, , , ...rest] = words.map((word) => word.toString(16).padStart(8, '0'));
    expect(magic).toBe('45311224');
    expect([length, type, ...rest]).toEqual(KERNEL.split(/\s+/));
  });
});

describe('what is saved comes back', () => {
  const prefix = fc
    .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 8, max: 32 }))
    .filter(([first]) => first !== 127 && first !== 10);
  const how = fc.constantFrom(
    'dev eth0',
    'via 10.0.0.9',
    'via 192.168.9.9 dev eth0 onlink',
    'nexthop via 10.0.0.8 weight 4 nexthop via 10.0.0.9 onlink dev eth0',
    'dev eth0 mtu lock 1400 hoplimit 7',
    'via 10.0.0.9 metric 9 proto bird src 10.0.0.2 realms 3/4',
  );
  const kind = fc.constantFrom('unreachable', 'blackhole', 'prohibit', 'throw');
  const route = fc
    .tuple(fc.oneof(how, kind), prefix, fc.constantFrom('', 'tos 0x10', 'table 7'))
    .map(([words, [first, length], more]) => {
      const where = `${first}.0.0.0/${length} ${more}`;
      return /^[a-z]+$/.test(words) ? `${words} ${where}` : `${where} ${words}`;
    });

  test('whatever the routes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(route, { minLength: 1, maxLength: 8 }), async (routes) => {
        const script = `${SETUP}; ${routes.map((each) => `ip route add ${each}`).join('\n')}
ip route show table all; ip route save table all > /tmp/saved
for by in boot bird; do ip route flush proto $by; done; ip route flush table 7 2>/dev/null; echo ==; ip route restore < /tmp/saved; ip route show table all`;
        const output = (await printed(script)).replace(/^RTNETLINK answers: File exists\n/gm, '');
        const [before, after] = output.split('==\n') as [string, string];
        expect(after.split('\n').sort()).toEqual(before.split('\n').sort());
      }),
      { numRuns: 25 },
    );
  });

  test('rules come back beside those that are there', async () => {
    const output = await printed(
      'ip rule add from 10.0.0.0/8 lookup 7 pref 5; ip rule save > /tmp/r; ip rule restore < /tmp/r; ip rule',
    );
    expect(output.match(/from 10\.0\.0\.0\/8 lookup 7/g)).toHaveLength(2);
  });
});

test('no bytes make the reader of messages throw or run for ever', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const found = [...messagesIn(bytes, 0)];
      expect(found.length).toBeLessThanOrEqual(bytes.length / 16 + 1);
    }),
  );
});
