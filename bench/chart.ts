// A chart of lines over two logarithmic axes, as SVG.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly series: ReadonlyMap<string, readonly Point[]>;
}

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 70;
const RIGHT = 130;
const TOP = 40;
const BOTTOM = 50;
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e'];
const STYLE =
  '<style>text{font:12px sans-serif;fill:#222}line{stroke:#ccc}polyline{fill:none;stroke-width:2}</style>';

/** From a value to a place on the paper, between whole powers of ten. */
interface Axis {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

function axisOf(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values))), low + 1);
  const at = (value: number): number => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return { low, high, at };
}

const powersOf = ({ low, high }: Axis): number[] =>
  Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step));

const text = (x: number, y: number, words: string, anchor = 'middle'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;

const labelOf = (value: number): string => (value >= 1 ? value.toLocaleString('en') : String(value));

function gridOf(x: Axis, y: Axis): string[] {
  const upright = powersOf(x).flatMap((value) => [
    `<line x1="${x.at(value)}" x2="${x.at(value)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
    text(x.at(value), HEIGHT - BOTTOM + 18, labelOf(value)),
  ]);
  const level = powersOf(y).flatMap((value) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.at(value)}" y2="${y.at(value)}"/>`,
    text(LEFT - 8, y.at(value) + 4, labelOf(value), 'end'),
  ]);
  return [...upright, ...level];
}

function lineOf(points: readonly Point[], x: Axis, y: Axis, colour: string): string[] {
  const places = points.map((point) => `${x.at(point.x).toFixed(1)},${y.at(point.y).toFixed(1)}`);
  const dots = places.map((place) => {
    const [cx, cy] = place.split(',');
    return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
  });
  return [`<polyline points="${places.join(' ')}" stroke="${colour}"/>`, ...dots];
}

export function drawn({ title, xName, yName, series }: Chart): string {
  const points = [...series.values()].flat();
  const x = axisOf(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = axisOf(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    TOP,
  );
  const lines = [...series].flatMap(([name, line], index) => {
    const colour = COLOURS[index % COLOURS.length];
    const key = `<rect x="${WIDTH - RIGHT + 12}" y="${TOP + index * 20 - 8}" width="10" height="10" fill="${colour}"/>`;
    const words = text(WIDTH - RIGHT + 28, TOP + index * 20 + 1, name, 'start');
    return [...lineOf(line, x, y, colour), key, words];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    `<title>${title}</title>`,
    STYLE,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...gridOf(x, y),
    ...lines,
    text(WIDTH / 2, 20, title),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, xName),
    text(LEFT, TOP - 8, yName),
    '</svg>\n',
  ].join('\n');
}
