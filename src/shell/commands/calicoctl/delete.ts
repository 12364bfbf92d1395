// calicoctl delete (calicoctl/calicoctl/commands/delete.go).
import { removeResource } from '../../../calico/cluster/leave.ts';
import { settle } from '../cluster/settle.ts';
import { doesNotExist, type Target } from './errors.ts';
import { namespaceFor } from './load.ts';
import { namedTargets } from './named.ts';
import type { Session } from './session.ts';
import { singleKind } from './write.ts';

/** The client lets allocations that are under way in a pool come to their end (clientv3/ippool.go). */
const POOL_PAUSE = 500_000;

export async function remove(session: Session): Promise<number> {
  const targets = await namedTargets(session);
  if (typeof targets === 'number') return targets;
  if (targets.length === 0) {
    session.out('No resources specified');
    return 0;
  }
  const errors: string[] = [];
  for (const target of targets) {
    const error = await removeOne(session, target);
    if (error !== null) errors.push(error);
  }
  settle(session.context, session.cluster);
  return report(session, targets, errors);
}

async function removeOne(session: Session, target: Target): Promise<string | null> {
  const { kind, name } = target;
  const namespace = namespaceFor(session, target);
  if (typeof namespace !== 'string') return namespace.error;
  if (name === '') return "insufficient identifiers, missing 'Name'";
  const found = session.cluster.store.get(kind, name, namespace);
  if (found === null)
    return session.words.has('skip-not-exists') ? null : doesNotExist({ kind, name, namespace });
  if (kind === 'IPPool') await session.context.process.sleep(POOL_PAUSE);
  return removeResource(session.cluster, kind, name, namespace)[0]?.reason ?? null;
}

function report(session: Session, targets: readonly Target[], errors: readonly string[]): number {
  const kind = singleKind(targets);
  const of = kind === null ? '' : `'${kind}' `;
  const done = targets.length - errors.length;
  if (done > 0) session.out(`Successfully deleted ${done} ${of}resource(s)`);
  if (errors.length === 0) return 0;
  return session.refuse(errors.map((error) => `Failed to delete ${of}resource: ${error}\n`).join(''));
}
