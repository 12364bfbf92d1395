// Source, destination, or either of them.
import { and, or, type Test } from './frame-view.ts';
import type { Direction } from './syntax.ts';

/** Tests one side or both, as the direction says. */
export function sides(
  direction: Direction,
  offsets: readonly [number, number],
  side: (at: number) => Test,
): Test {
  const [source, destination] = offsets;
  switch (direction) {
    case 'src':
      return side(source);
    case 'dst':
      return side(destination);
    case 'src and dst':
      return and(side(source), side(destination));
    default:
      return or(side(source), side(destination));
  }
}
