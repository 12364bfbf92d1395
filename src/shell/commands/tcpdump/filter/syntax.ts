// What a filter expression means, as a tree.

/** What kind of thing a name or number is. */
export type AddressKind = 'default' | 'host' | 'net' | 'port' | 'portrange' | 'proto';
export type Direction = 'default' | 'src' | 'dst' | 'src or dst' | 'src and dst';

/** The qualifiers before an address; an address without any takes those of the one before. */
export interface Qualifiers {
  /** A protocol's name, '' for none. */
  readonly protocol: string;
  readonly direction: Direction;
  readonly kind: AddressKind;
}

export type Address =
  | { readonly type: 'name'; readonly text: string }
  | { readonly type: 'number'; readonly value: number }
  /** One to four numbers with dots. */
  | { readonly type: 'host'; readonly text: string }
  | { readonly type: 'prefix'; readonly text: string; readonly length: number }
  | { readonly type: 'masked'; readonly text: string; readonly mask: string }
  | { readonly type: 'host6'; readonly text: string }
  | { readonly type: 'prefix6'; readonly text: string; readonly length: number }
  | { readonly type: 'mac'; readonly text: string };

export type Relation = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** Unsigned 32-bit arithmetic. */
export type Arithmetic =
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'length' }
  | { readonly type: 'load'; readonly protocol: string; readonly index: Arithmetic; readonly size: number }
  | { readonly type: 'negate'; readonly operand: Arithmetic }
  | {
      readonly type: 'binary';
      readonly operator: Operator;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

export type Expression =
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'not'; readonly operand: Expression }
  | { readonly type: 'address'; readonly address: Address; readonly qualifiers: Qualifiers | null }
  | { readonly type: 'protocol'; readonly name: string }
  | {
      readonly type: 'relation';
      readonly relation: Relation;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    }
  | { readonly type: 'broadcast' | 'multicast'; readonly protocol: string }
  | { readonly type: 'less' | 'greater'; readonly length: number }
  | { readonly type: 'direction'; readonly outbound: boolean }
  | { readonly type: 'vlan'; readonly id: number | null }
  | { readonly type: 'ifindex'; readonly index: number };

/** Why a filter is not taken. */
export type FilterProblem =
  /** libpcap's own words. */
  | { readonly error: string }
  /** It is valid, and not emulated. */
  | { readonly foreign: true };

export const SYNTAX_ERROR: FilterProblem = { error: "can't parse filter expression: syntax error" };
