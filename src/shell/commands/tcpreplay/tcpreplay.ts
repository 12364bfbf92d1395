// tcpreplay 4.4.3: sends the frames of capture files out of an interface.
import { Errno, strerror } from '../../../addr/errno.ts';
import type { CaptureRecord } from '../../../capture/record.ts';
import { type Device, HardwareType } from '../../../netns/device.ts';
import type { Command, Context } from '../../command.ts';
import { Stdio } from '../probe/stdio.ts';
import { parseOptions, type ReplayOptions } from './options.ts';
import { openCapture, Replay } from './replay.ts';
import { USAGE, VERSION } from './usage.ts';

/** exit(-1). */
const FATAL = 255;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const io = new Stdio(context, 'tcpreplay');
  const status = await start(context, args, io);
  io.flush();
  return status;
}

async function start(context: Context, args: readonly string[], io: Stdio): Promise<number> {
  const parsed = parseOptions(args);
  if ('problem' in parsed) {
    io.errorText(`${parsed.problem}\n${USAGE}`);
    return 1;
  }
  if ('fatal' in parsed) {
    io.errorText(`${parsed.fatal}\n`);
    return 1;
  }
  const { options } = parsed;
  if (options.showVersion || options.showUsage) {
    io.print(options.showVersion ? VERSION : USAGE);
    return options.showVersion ? 0 : 1;
  }
  const device = openDevice(context, options, io);
  if (device === null) return FATAL;
  const files = await loadFiles(context, options, io);
  return files === null ? FATAL : replay(context, io, options, device, files);
}

function fatal(io: Stdio, place: string, text: string): null {
  io.errorText(`\nFatal Error in ${place}:\n ${text}\n`);
  return null;
}

/** tcpreplay_post_args: the rate, then the interface. */
function openDevice(context: Context, options: ReplayOptions, io: Stdio): Device | null {
  const refuse = (line: number, text: string): null =>
    fatal(
      io,
      'tcpreplay.c:main() line 79',
      `Unable to parse args: From tcpreplay_api.c:tcpreplay_post_args() line ${line}:\n${text}`,
    );
  if (options.speed.mode === 'pps' && options.speed.rate === 0) return refuse(182, "invalid pps value '0'");
  const device = context.namespace.device(options.device);
  if (device === undefined) return refuse(336, `Invalid interface name/alias: ${options.device}`);
  if (device.up) {
    warnOfHardware(io, device);
    return device;
  }
  const why = `failed to open device ${device.name}: error opening ${device.name}: ${strerror(Errno.ENETDOWN)}`;
  return fatal(io, 'sendpacket.c:sendpacket_open() line 554', why);
}

function warnOfHardware(io: Stdio, device: Device): void {
  if (device.hardwareType === HardwareType.ETHER) return;
  const type = `0x${device.hardwareType.toString(16).padStart(4, '0')}`;
  io.errorText(
    'Warning in sendpacket.c:sendpacket_open_pf() line 952:\n' +
      `Unsupported physical layer type ${type} on ${device.name}.` +
      "  Maybe it works, maybe it won't.  See tickets #123/318\n",
  );
}

/** The bytes of every file, all of which must exist before the first is sent; null if one does not. */
async function loadFiles(context: Context, options: ReplayOptions, io: Stdio): Promise<Uint8Array[] | null> {
  if (options.preload && !options.quiet) io.errorText('File Cache is enabled\n');
  const files: Uint8Array[] = [];
  for (const name of options.files) {
    const bytes = name === '-' ? context.stdin : await context.readFile(name);
    if (bytes === null) {
      const why = `Unable to retrieve information from file ${name}: ${strerror(Errno.ENOENT)}`;
      return fatal(io, 'tcpreplay.c:main() line 122', why);
    }
    files.push(bytes);
  }
  return files;
}

async function replay(
  context: Context,
  io: Stdio,
  options: ReplayOptions,
  device: Device,
  files: readonly Uint8Array[],
): Promise<number> {
  const captures: CaptureRecord[][] = [];
  for (const bytes of files) {
    const opened = openCapture(bytes);
    if ('problem' in opened) {
      const text = `From replay.c:replay_file() line 129:\nError opening pcap file: ${opened.problem}\n`;
      io.errorText(`\nFailed: ${text}\n`);
      return FATAL;
    }
    captures.push(opened.records);
  }
  const session = new Replay(context, io, options, device);
  if (!(await session.run(captures))) io.errorText(' User interrupt...\n');
  io.print(session.report());
  return 0;
}

export const tcpreplay: Command = { name: 'tcpreplay', run };
