// ifconfig (net-tools 2.10): shows interfaces, or takes its arguments one by one and does what each says.
import { findLink } from '../../../admin/module.ts';
import type { Command, Context } from '../../command.ts';
import {
  findInterface,
  isUp,
  listInterfaces,
  longText,
  SHORT_HEADER,
  shortText,
} from '../net-tools/interface-text.ts';
import { IFCONFIG_USAGE, IFCONFIG_VERSION, printUsage } from '../net-tools/usage.ts';
import { openResolver } from '../probe/resolver.ts';
import { Setup } from './setup.ts';

/** E_OPTERR. */
const BAD_OPTION = 3;
/** IFNAMSIZ without the terminating zero. */
const NAME_LENGTH = 15;

interface Display {
  all: boolean;
  short: boolean;
  verbose: boolean;
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const display = { all: false, short: false, verbose: false };
  let at = 0;
  for (; args[at]?.startsWith('-'); at++) {
    const status = readOption(context, args[at], display);
    if (status !== null) return status;
  }
  const [name, ...words] = args.slice(at);
  if (name === undefined) return showAll(context, display);
  const device = name.slice(0, NAME_LENGTH);
  // Any ioctl about tunl0 loads its module.
  findLink(context.namespace, device);
  if (words.length === 0) return showOne(context, device, display);
  const setup = new Setup(context, device, await openResolver(context));
  const status = setup.run(words);
  if (status === 'usage') {
    printUsage(context, IFCONFIG_USAGE, false);
    return BAD_OPTION;
  }
  if (display.verbose && status !== 0) context.err(`WARNING: at least one error occured. (${status})\n`);
  return status & 0xff;
}

function readOption(context: Context, option: string, display: Display): number | null {
  switch (option) {
    case '-a':
      display.all = true;
      return null;
    case '-s':
      display.short = true;
      return null;
    case '-v':
      display.verbose = true;
      return null;
    case '-V':
    case '-version':
    case '--version':
      context.out(IFCONFIG_VERSION);
      return 0;
    case '-?':
    case '-h':
    case '-help':
    case '--help':
      printUsage(context, IFCONFIG_USAGE, true);
      return 0;
    default:
      context.err(
        `ifconfig: option \`${option}' not recognised.\nifconfig: \`--help' gives usage information.\n`,
      );
      return 1;
  }
}

function showAll(context: Context, display: Display): number {
  if (display.short) context.out(SHORT_HEADER);
  const print = display.short ? shortText : longText;
  for (const each of listInterfaces(context.namespace))
    if (display.all || isUp(each)) context.out(print(each));
  return 0;
}

function showOne(context: Context, name: string, display: Display): number {
  if (display.short) context.out(SHORT_HEADER);
  const found = findInterface(context.namespace, name);
  if (found === null) {
    context.err(`${name}: error fetching interface information: Device not found\n`);
    return 1;
  }
  context.out(display.short ? shortText(found) : longText(found));
  return 0;
}

export const ifconfig: Command = { name: 'ifconfig', run };
