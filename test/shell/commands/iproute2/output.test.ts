// JSON with iproute2's own blanks, and text in colours.
import { describe, expect, it } from 'vitest';
import { JsonWriter } from '../../../../src/shell/commands/iproute2/json-writer.ts';
import { paletteOf, parseColor } from '../../../../src/shell/commands/iproute2/options.ts';
import { Color, Printer } from '../../../../src/shell/commands/iproute2/printer.ts';

const written = (pretty: boolean, write: (json: JsonWriter) => void): string => {
  const json = new JsonWriter(pretty);
  write(json);
  return json.text;
};

function link(json: JsonWriter): void {
  json.openArray();
  for (const name of ['lo', 'a"b']) {
    json.openObject();
    json.name('ifname');
    json.value(name);
    json.name('flags');
    json.openArray();
    json.value('UP');
    json.value('LOWER_UP');
    json.closeArray();
    json.closeObject();
  }
  json.closeArray();
}

describe('JSON', () => {
  it('is one line with a comma between items', () => {
    expect(written(false, link)).toBe(
      '[{"ifname":"lo","flags":["UP","LOWER_UP"]},{"ifname":"a\\"b","flags":["UP","LOWER_UP"]}]',
    );
  });

  it('with -pretty begins a line before names and ends of objects, never between items', () => {
    const item = (name: string): string =>
      `{\n        "ifname": ${name},\n        "flags": [ "UP","LOWER_UP" ]\n    }`;
    expect(written(true, link)).toBe(`[ ${item('"lo"')},${item('"a\\"b"')} ]`);
  });

  it('of an empty array has a blank with -pretty', () => {
    const empty = (json: JsonWriter): void => {
      json.openArray();
      json.closeArray();
    };
    expect(written(true, empty)).toBe('[ ]');
    expect(written(false, empty)).toBe('[]');
  });
});

const printed = (options: { json?: boolean; palette?: number; oneline?: boolean }): string => {
  const out = new Printer({ json: false, pretty: false, oneline: false, palette: 0, ...options });
  out.openObject();
  out.text('dev ');
  out.field('ifname', 'lo', 'lo ', Color.INTERFACE);
  out.only('link', null);
  out.newline();
  out.closeObject();
  return out.finish();
};

describe('a field', () => {
  it.each([
    ['as text', {}, 'dev lo \n'],
    ['with -oneline', { oneline: true }, 'dev lo \\'],
    ['as JSON', { json: true }, '[{"ifname":"lo","link":null}]\n'],
    ['in a light terminal', { palette: 1 }, 'dev \x1b[36mlo \x1b[0m\n'],
    ['in a dark terminal', { palette: 2 }, 'dev \x1b[1;36mlo \x1b[0m\n'],
  ])('%s', (_, options, text) => {
    expect(printed(options)).toBe(text);
  });
});

describe('-color', () => {
  it.each([
    ['-c', 'always'],
    ['-color', 'always'],
    ['-col=auto', 'auto'],
    ['-color=never', 'never'],
    ['-color=foo', null],
    ['-compressvlans', null],
  ])('%s means %s', (option, wanted) => {
    expect(parseColor(option)).toBe(wanted);
  });

  it.each([
    ['a dark background ends in 0 to 6 or 8', '15;0', 2],
    ['a light one does not', '0;15', 1],
    ['none is known to be light', undefined, 1],
  ])('%s', (_, value, palette) => {
    expect(paletteOf(new Map(value === undefined ? [] : [['COLORFGBG', value]]))).toBe(palette);
  });
});
