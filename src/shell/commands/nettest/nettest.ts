// nettest, the program beside the kernel's network selftests, as far as `nettest -B`: a server and a client that
// connects to it by TCP, greets it, and is greeted back.
import { Errno, strerror } from '../../../addr/errno.ts';
import { ANY, type Ipv4, parseIpv4 } from '../../../addr/ipv4.ts';
import { sourceFor } from '../../../admin/socket.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Command, Context } from '../../command.ts';
import { Endpoint } from './endpoint.ts';

const DEFAULT_PORT = 12345;
const MESSAGE = 'Hello world!';
/** How long the client waits for each step. */
const PATIENCE = 5_000_000;
const FIRST_EPHEMERAL_PORT = 32768;
const EPHEMERAL_PORTS = 28232;

interface Options {
  readonly client: Namespace;
  readonly server: Namespace;
  readonly remote: Ipv4;
  readonly port: number;
}

function parse(context: Context, words: readonly string[]): Options | string {
  const names = context.lab.names;
  let both = false;
  const found = {
    client: context.namespace,
    server: context.namespace,
    remote: ANY as Ipv4,
    port: DEFAULT_PORT,
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '-B') {
      both = true;
      continue;
    }
    const value = words[++at] ?? '';
    if (word === '-N' || word === '-O') {
      const namespace = names.get(value);
      if (namespace === undefined) return `Failed to open namespace ${value}: ${strerror(Errno.ENOENT)}`;
      found[word === '-N' ? 'client' : 'server'] = namespace;
    } else if (word === '-r') {
      const remote = parseIpv4(value);
      if (remote === null) return `invalid remote IP address ${value}`;
      found.remote = remote;
    } else if (word === '-p') {
      if (!/^\d+$/.test(value)) return 'Invalid port';
      found.port = Number(value);
    } else return `vrouter: nettest ${word} is not emulated`;
  }
  if (!both || found.remote === ANY) return 'vrouter: nettest is emulated as `nettest -B -r ADDRESS` only';
  return found;
}

/** Both ends answer what arrives until `done`, or until nothing came for as long as the client waits. */
async function until(
  { process, lab }: Context,
  ends: readonly Endpoint[],
  done: () => boolean,
): Promise<boolean> {
  for (;;) {
    lab.settle();
    while (ends.some((end) => end.react())) lab.settle();
    if (done()) return true;
    const woken = await process.wait(PATIENCE, (wake) => {
      for (const { queue } of ends) queue.onArrival = wake;
    });
    if (!woken) return false;
  }
}

async function converse(context: Context, client: Endpoint, server: Endpoint): Promise<string> {
  const ends = [client, server];
  const errno = client.connect();
  if (errno !== 0) return `failed to connect to remote host: ${strerror(errno)}`;
  if (!(await until(context, ends, () => client.state !== 'syn-sent')))
    return 'timed out waiting for connect';
  if (client.state !== 'open') return `failed to connect to remote host: ${strerror(Errno.ECONNREFUSED)}`;
  client.write(MESSAGE);
  if (!(await until(context, ends, () => server.received !== ''))) return 'timed out waiting for message';
  server.write(server.received);
  if (!(await until(context, ends, () => client.received !== ''))) return 'timed out waiting for response';
  client.finish();
  await until(context, ends, () => server.state === 'closed');
  server.finish();
  await until(context, ends, () => client.state === 'closed');
  return '';
}

async function run(context: Context, words: readonly string[]): Promise<number> {
  const fail = (text: string): number => {
    context.err(`${text}\n`);
    return 1;
  };
  const options = parse(context, words);
  if (typeof options === 'string') return fail(options);
  const found = sourceFor(options.client, options.remote);
  if ('errno' in found) return fail(`failed to connect to remote host: ${strerror(found.errno)}`);
  const { random } = context.lab.kernel;
  const local = { address: found.source, port: FIRST_EPHEMERAL_PORT + (random.u32() % EPHEMERAL_PORTS) };
  const remote = { address: options.remote, port: options.port };
  const server = new Endpoint(options.server, { address: ANY, port: options.port }, null, random.u32());
  const client = new Endpoint(options.client, local, remote, random.u32());
  if (!server.open()) return fail(`error binding socket: ${strerror(Errno.EADDRINUSE)}`);
  client.open();
  const problem = await converse(context, client, server);
  client.close();
  server.close();
  return problem === '' ? 0 : fail(problem);
}

export const nettest: Command = { name: 'nettest', run };
