// All targets, by name.
import type { Target } from './target.ts';
import { BYTE_TARGETS } from './targets-bytes.ts';
import { TEXT_TARGETS } from './targets-text.ts';

export const TARGETS: readonly Target[] = [...BYTE_TARGETS, ...TEXT_TARGETS];
