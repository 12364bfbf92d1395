// tracepath (iputils 20221126): the way to a host and its path MTU, by UDP packets with DF and a rising TTL.
import type { Ipv4 } from '../../../addr/ipv4.ts';
import type { Command, Context } from '../../command.ts';
import { openResolver, type Resolver } from '../probe/resolver.ts';
import { Stdio } from '../probe/stdio.ts';
import { parseOptions } from './options.ts';
import { Path } from './path.ts';

async function run(context: Context, args: readonly string[]): Promise<number> {
  const io = new Stdio(context, 'tracepath');
  const status = await start(context, args, io);
  io.flush();
  return status;
}

async function start(context: Context, args: readonly string[], io: Stdio): Promise<number> {
  const options = parseOptions(args, io);
  if (typeof options === 'number') return options;
  const resolver = await openResolver(context);
  const resolved = resolver.resolve(options.target);
  if ('problem' in resolved) {
    io.error(`${options.target}: ${resolved.problem}`);
    return 1;
  }
  const path = new Path(context, io, { ...options, destination: resolved.address, nameOf: names(resolver) });
  await path.run();
  path.close();
  return context.process.killed ? 128 + context.process.signal : 0;
}

const names =
  (resolver: Resolver) =>
  (address: Ipv4): string =>
    resolver.nameOf(address);

export const tracepath: Command = { name: 'tracepath', run };
