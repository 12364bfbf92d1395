// route (net-tools 2.10): shows the routing table, adds and removes routes as the ioctls SIOCADDRT and SIOCDELRT do.
import type { Command, Context } from '../../command.ts';
import { getoptLong, type LongOption } from '../net-tools/long-options.ts';
import { CACHE_TEXT, type Detail, routeTableText } from '../net-tools/route-text.ts';
import { INET_ROUTE_USAGE, printUsage, ROUTE_USAGE, ROUTE_VERSION } from '../net-tools/usage.ts';
import { openResolver } from '../probe/resolver.ts';
import { editRoute } from './edit.ts';

/** E_OPTERR. */
const BAD_OPTION = 3;

const long = (name: string, letter: string, takesValue = false): LongOption => ({ name, letter, takesValue });

const LONG_OPTIONS: readonly LongOption[] = [
  long('inet', '4'),
  long('inet6', '6'),
  long('ip', '4'),
  long('extend', 'e'),
  long('verbose', 'v'),
  long('version', 'V'),
  long('numeric', 'n'),
  long('symbolic', 'N'),
  long('protocol', 'A', true),
  long('cache', 'C'),
  long('fib', 'F'),
  long('help', 'h'),
];

interface RouteOptions {
  numeric: boolean;
  extended: number;
  cache: boolean;
  help: boolean;
  family: string;
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  // `-net` and `-host` are words of the request, not options.
  const marked = args.map((arg) => (arg === '-net' || arg === '-host' ? `#${arg.slice(1)}` : arg));
  const parsed = getoptLong(marked, 'A:eCFhnN64Vv?', LONG_OPTIONS);
  const options: RouteOptions = { numeric: false, extended: 0, cache: false, help: false, family: '' };
  for (const { letter, value } of parsed.options) {
    if (letter === 'V') {
      context.out(ROUTE_VERSION);
      return 0;
    }
    apply(options, letter, value);
  }
  if ('problem' in parsed) {
    context.err(`route: ${parsed.problem}\n`);
    options.help = true;
  }
  if (options.help && options.family === '') {
    printUsage(context, ROUTE_USAGE, true);
    return 0;
  }
  return act(context, options, 'operands' in parsed ? parsed.operands : []);
}

function apply(options: RouteOptions, letter: string, value: string): void {
  if (letter === 'n') options.numeric = true;
  else if (letter === 'e') options.extended++;
  else if (letter === 'C') options.cache = true;
  else if (letter === 'h' || letter === '?') options.help = true;
  else if (letter === 'A') options.family = value;
  else if (letter === '4') options.family = 'inet';
  else if (letter === '6') options.family = 'inet6';
}

async function act(context: Context, options: RouteOptions, words: readonly string[]): Promise<number> {
  if (options.family === 'inet6') return noInet6(context);
  const [verb, ...rest] = words;
  if (options.help) {
    context.err(INET_ROUTE_USAGE);
    return 0;
  }
  if (verb === undefined) return show(context, options);
  if (verb === 'flush') {
    context.err("Flushing `inet' routing table not supported\n");
    return 0;
  }
  if (verb === 'add' || verb === 'del' || verb === 'delete')
    return editRoute(context, verb === 'add', rest, await openResolver(context));
  printUsage(context, ROUTE_USAGE, false);
  return BAD_OPTION;
}

function noInet6(context: Context): number {
  context.err('/proc/net/ipv6_route: No such file or directory\n');
  context.out('INET6 (IPv6) not configured in this system.\n');
  return 1;
}

async function show(context: Context, options: RouteOptions): Promise<number> {
  if (options.cache) {
    context.out(CACHE_TEXT);
    return 0;
  }
  const resolver = options.numeric ? null : await openResolver(context);
  const detail = Math.min(3, options.extended + 1) as Detail;
  context.out(routeTableText(context.namespace, detail, resolver));
  return 0;
}

export const route: Command = { name: 'route', run };
