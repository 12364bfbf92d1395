// The table with a frame of calicoctl ipam and calicoctl node (olekukonko/tablewriter with its defaults): headings in
// capitals and centred, whole numbers to the right, all else to the left.

const isNumber = (cell: string): boolean => /^-?\d+(\.\d+)?%?$/.test(cell);

const centred = (text: string, width: number): string => {
  const gap = width - text.length;
  const left = Math.floor(gap / 2);
  return ' '.repeat(left) + text + ' '.repeat(gap - left);
};

const aligned = (cell: string, width: number): string =>
  isNumber(cell) ? cell.padStart(width) : cell.padEnd(width);

export function boxTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = headings.map((heading) => heading.toUpperCase());
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  const line = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const row = (cells: readonly string[], place: typeof centred): string =>
    `|${cells.map((cell, at) => ` ${place(cell, widths[at])} `).join('|')}|\n`;
  const body = rows.map((cells) => row(cells, aligned)).join('');
  return line + row(titles, centred) + line + (rows.length === 0 ? '' : body + line);
}
