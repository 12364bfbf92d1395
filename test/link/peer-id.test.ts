// Ids of peers: always the smallest free one, whichever peers have gone and whichever ids were set by hand.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { setNamespaceId } from '../../src/admin/netns-id.ts';
import { createLab } from '../../src/lab/create.ts';
import { obtainPeerId, peerId } from '../../src/link/peer-id.ts';
import type { Namespace } from '../../src/netns/namespace.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('obtain' as const), peer: fc.nat(7) }),
  fc.record({ kind: fc.constant('end' as const), peer: fc.nat(7) }),
  fc.record({ kind: fc.constant('set' as const), peer: fc.nat(7), id: fc.nat(9) }),
);

it('a peer is given the smallest id that no other has', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const lab = createLab();
      const { initial } = lab.kernel;
      for (const { peer, ...what } of steps) {
        const name = `n${peer}`;
        const other = lab.names.get(name) ?? (lab.addNamespace(name) as Namespace);
        const ids = new Set(initial.peerIds.values());
        if (what.kind === 'end') lab.removeNamespace(name);
        else if (what.kind === 'set') setNamespaceId(initial, other, what.id);
        else if (peerId(initial, other) < 0) {
          let free = 0;
          while (ids.has(free)) free++;
          expect(obtainPeerId(initial, other)).toBe(free);
        }
        expect([...initial.peerIds.keys()].filter(({ gone }) => gone)).toEqual([]);
      }
    }),
  );
});
