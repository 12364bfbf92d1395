// socat's addresses as far as they are emulated: standard input and output, files, and UDP over IPv4.
import { type Ipv4, parseIpv4 } from '../../../addr/ipv4.ts';

export type SocatAddress =
  | { readonly kind: 'stdio' }
  | { readonly kind: 'file'; readonly path: string; readonly readBytes: number | null }
  | {
      readonly kind: 'udp';
      readonly remote: Ipv4;
      readonly port: number;
      /** 0 for one of the kernel's choice. */
      readonly sourcePort: number;
      readonly tos: number;
    }
  | { readonly kind: 'udp-listen'; readonly port: number; readonly forks: boolean };

/** Options by name; one without a value has ''. */
type Options = ReadonlyMap<string, string>;

/** Options that change nothing here: a file is opened for what it is used for. */
const IDLE = ['rdonly', 'wronly', 'reuseaddr', 'creat', 'append'];

function optionsOf(words: readonly string[], known: readonly string[]): Options | null {
  const options = new Map<string, string>();
  for (const word of words) {
    const [name, value = ''] = word.split('=', 2);
    if (!known.includes(name) && !IDLE.includes(name)) return null;
    options.set(name, value);
  }
  return options;
}

/** Decimal or hexadecimal, `otherwise` where it is left out. */
const numberOf = (text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text);
  return Number.isInteger(value) && value >= 0 ? value : Number.NaN;
};

/** Null for what is not emulated. */
export function parseSocatAddress(text: string): SocatAddress | null {
  const [head, ...words] = text.split(',');
  const [kind, ...parts] = head.split(':');
  switch (kind.toUpperCase()) {
    case '-':
    case 'STDIN':
    case 'STDOUT':
    case 'STDIO':
      return words.length === 0 ? { kind: 'stdio' } : null;
    case 'OPEN':
    case 'GOPEN':
    case 'FILE':
      return file(parts.join(':'), words);
    case 'UDP':
    case 'UDP4':
      return udp(parts, words);
    case 'UDP-LISTEN':
    case 'UDP4-LISTEN':
      return listen(parts, words);
    default:
      return text.includes('/') && !text.includes(':') ? file(head, words) : null;
  }
}

function file(path: string, words: readonly string[]): SocatAddress | null {
  const options = optionsOf(words, ['readbytes']);
  if (options === null) return null;
  const text = options.get('readbytes');
  const readBytes = text === undefined ? null : numberOf(text, 0);
  return Number.isNaN(readBytes) ? null : { kind: 'file', path, readBytes };
}

function udp([host, service]: readonly string[], words: readonly string[]): SocatAddress | null {
  const options = optionsOf(words, ['sourceport', 'sp', 'tos']);
  const remote = parseIpv4(host ?? '');
  if (options === null || remote === null) return null;
  const port = numberOf(service, Number.NaN);
  const sourcePort = numberOf(options.get('sourceport') ?? options.get('sp'), 0);
  const tos = numberOf(options.get('tos'), 0);
  return Number.isNaN(port + sourcePort + tos) ? null : { kind: 'udp', remote, port, sourcePort, tos };
}

function listen([service]: readonly string[], words: readonly string[]): SocatAddress | null {
  const options = optionsOf(words, ['fork']);
  const port = numberOf(service, Number.NaN);
  return options === null || Number.isNaN(port)
    ? null
    : { kind: 'udp-listen', port, forks: options.has('fork') };
}
