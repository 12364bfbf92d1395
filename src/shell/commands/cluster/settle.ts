// After a change to the datastore: the lab follows, and what could not be done is told.
import type { Cluster } from '../../../calico/cluster/cluster.ts';
import { failureText } from '../../../calico/cluster/failure-text.ts';
import { admitWaiting } from '../../../calico/cluster/pod-address.ts';
import type { Problem } from '../../../calico/resource/problem.ts';
import type { Context } from '../../command.ts';

export function settle(context: Context, cluster: Cluster): void {
  let failures = cluster.settle();
  if (admitWaiting(cluster)) failures = cluster.settle();
  for (const failure of failures) context.err(`vrouter: ${failureText(failure)}\n`);
}

/** Where the fields that a message named stand: neither program says it. */
export function tellPlaces(context: Context, problems: readonly Problem[]): void {
  for (const { place, field, resource } of problems)
    if (place !== null) {
      const what = [resource, field].filter(Boolean).join(': ');
      context.err(`vrouter: ${place.file}:${place.line}:${place.column}${what && `: ${what}`}\n`);
    }
}
