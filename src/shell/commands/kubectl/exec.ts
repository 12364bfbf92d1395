// kubectl exec: a command in the namespace of a pod.
import { endpointId } from '../../../calico/calc/endpoint.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Session } from './session.ts';
import { typeCalled } from './types.ts';

const NOT_EXECUTABLE = 126;

export async function exec(session: Session): Promise<number> {
  const { words, context } = session;
  const [operand, ...more] = words.operands;
  if (operand === undefined) return session.wrongUse('pod, type/name or --filename must be specified');
  if (more.length > 0 || words.command === null)
    return session.wrongUse(
      more.length > 0
        ? 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead'
        : 'you must specify at least one command for the container',
    );
  if (words.command.length === 0)
    return session.wrongUse('you must specify at least one command for the container');
  const namespace = namespaceOf(session, operand);
  if (typeof namespace === 'number') return namespace;
  const status = await context.run(words.command, namespace);
  if (status === 0) return 0;
  if (status < 0)
    context.err(
      'OCI runtime exec failed: exec failed: unable to start container process: ' +
        `exec: "${words.command[0]}": executable file not found in $PATH: unknown\n`,
    );
  const code = status < 0 ? NOT_EXECUTABLE : status;
  context.err(`command terminated with exit code ${code}\n`);
  return code;
}

/** Of a pod, `web` or `pod/web`; one of the host's network is its node. */
function namespaceOf(session: Session, operand: string): Namespace | number {
  const name = operand.replace(/^(po|pods?)\//, '');
  const pod = session.api.pod(name, session.namespace);
  const type = typeCalled('pods');
  if (name.includes('/') || type === null) return session.notEmulated(`exec into ${operand}`);
  if (pod === null) return session.notFound(type, name);
  const { nodeName, hostNetwork } = pod.spec;
  if (nodeName === '')
    return session.fail(`Error from server (BadRequest): pod ${name} does not have a host assigned`);
  const wired = hostNetwork ? nodeName : wiredNamespace(session, name);
  const namespace = session.context.lab.names.get(wired);
  const container = session.words.value('container') ?? pod.spec.containers[0]?.name ?? name;
  return (
    namespace ??
    session.fail(
      `error: Internal error occurred: unable to upgrade connection: container not found ("${container}")`,
    )
  );
}

function wiredNamespace({ cluster, namespace }: Session, pod: string): string {
  const endpoints = cluster.store.list('WorkloadEndpoint', namespace);
  const endpoint = endpoints.find(({ spec }) => spec.pod === pod);
  return endpoint === undefined ? '' : (cluster.wiring.get(endpointId(endpoint))?.namespace ?? '');
}
