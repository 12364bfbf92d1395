// Names of routing tables and realms, which scripts add to /etc/iproute2/rt_tables and rt_realms
// (rtnl_rttable_initialize and rtnl_rtrealm_initialize of lib/rt_names.c).

export const RT_TABLES = '/etc/iproute2/rt_tables';

/** What Debian 12 installs there. */
export const RT_TABLES_TEXT = `#
# reserved values
#
255\tlocal
254\tmain
253\tdefault
0\tunspec
#
# local
#
#1\tinr.ruhep
`;

export const RT_REALMS = '/etc/iproute2/rt_realms';

/** What Debian 12 installs there. */
export const RT_REALMS_TEXT = `#
# reserved values
#
0\tcosmos
#
# local
#
#1\tinr.ac
#2\tinr.ruhep
#3\tfreenet
#4\tradio-msu
#5\trussia
#6\tinternet
`;

export interface TableName {
  readonly id: number;
  readonly name: string;
}

/** The lines `NUMBER NAME`, up to the first that is neither this nor a comment nor empty (fread_id_name). */
export function parseTableNames(text: string): TableName[] {
  const names: TableName[] = [];
  for (const line of text.split('\n')) {
    if (/^[ \t]*(#|$)/.test(line)) continue;
    const found = /^[ \t]*(0x[0-9a-f]+|-?\d+)\s+(\S+)\s*(#|$)/i.exec(line);
    if (found === null) break;
    const id = Number(found[1]);
    if (id >= 0) names.push({ id, name: found[2] });
  }
  return names;
}
