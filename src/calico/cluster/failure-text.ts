// What could not be done in a namespace, in a line: the command that would have done it, and the kernel's words.
import { strerror } from '../../addr/errno.ts';
import { commandOf } from '../../program/script.ts';
import type { ClusterFailure } from './cluster.ts';

export const failureText = ({ namespace, failure: { operation, refusal } }: ClusterFailure): string =>
  `${commandOf(namespace, operation)}: ${refusal.message || strerror(refusal.errno)}`;
