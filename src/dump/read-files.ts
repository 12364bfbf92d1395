// The files of a directory as nodes: which file is whose its path says, and what is in it its lines. A node is a
// sub-directory, a file, or the host of the prompts in it; names like ip-route.txt name no node but what is in them.
import { Collector, type Skipped } from './collector.ts';
import type { Finding, NodeDump } from './node-dump.ts';
import { readText } from './read-text.ts';

/** A file below the directory that is imported; the path has slashes and is relative to it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface ImportedNode {
  readonly dump: NodeDump;
  readonly skipped: Skipped;
  readonly files: readonly string[];
}

export interface Imported {
  readonly nodes: readonly ImportedNode[];
  readonly findings: readonly Finding[];
}

/** `only` is the name of the one node that all files are of; else `directory` names what has no other name. */
export function readFiles(
  files: readonly SourceFile[],
  naming: { only?: string; directory: string },
): Imported {
  const nodes = new Map<string, { readonly collector: Collector; readonly files: Set<string> }>();
  const findings: Finding[] = [];
  for (const { path, text } of files) {
    const own = naming.only ?? nodeOfPath(path, naming.directory);
    findings.push(
      ...readText(path, text, (host, namespace) => {
        const node = naming.only ?? (isShared(own, path, naming.directory) && host !== '' ? host : own);
        const held = obtain(nodes, namespace === '' ? node : namespace);
        held.files.add(path);
        return held.collector;
      }),
    );
  }
  return { nodes: [...nodes].map(([name, held]) => finished(name, held)).filter(hasContent), findings };
}

type Held = { readonly collector: Collector; readonly files: Set<string> };

function obtain(nodes: Map<string, Held>, name: string): Held {
  const held = nodes.get(name) ?? { collector: new Collector(), files: new Set<string>() };
  nodes.set(name, held);
  return held;
}

const finished = (name: string, { collector, files }: Held): ImportedNode => ({
  dump: collector.dump(name),
  skipped: collector.skipped,
  files: [...files],
});

/** The host of a prompt counts where the path names no sub-directory: several nodes may be in one file. */
const isShared = (own: string, path: string, directory: string): boolean =>
  !path.includes('/') || own === directory;

const hasContent = ({ dump }: ImportedNode): boolean =>
  dump.links.length + dump.addresses.length + dump.routes.length + dump.rules.length > 0 ||
  dump.neighbours.length + dump.fdb.length + dump.sysctls.size > 0;

/** Words that file names are made of when they say what is in the file. */
const WORDS = new Set(
  `ip ip4 ip6 a addr address addresses r route routes l link links n neigh neighbor neighbour neighbours rule rules
   bridge fdb sysctl sysctls arp ifconfig netstat j json d s all show list table main dump output txt`.split(
    /\s+/,
  ),
);

/** `node1/ip-r.txt` and `node1.txt` and `node1-ip-route.txt` are node1's; `ip-route.txt` is the directory's. */
function nodeOfPath(path: string, directory: string): string {
  const slash = path.indexOf('/');
  if (slash >= 0) return path.slice(0, slash);
  const stem = path.replace(/\.(txt|json|log|out|md|conf|dump)$/i, '');
  const parts = stem.split(/([-_. ])/);
  while (
    parts.length > 0 &&
    (WORDS.has((parts.at(-1) as string).toLowerCase()) || /^[-_. ]?$/.test(parts.at(-1) as string))
  )
    parts.pop();
  return parts.length === 0 ? directory : parts.join('');
}
