// `type veth peer …`: the other end is described with the words of a link of its own (ip/link_veth.c).
import type { Arguments } from '../iproute2/arguments.ts';
import type { Kind, KindRequest } from './kind.ts';
import { type LinkWords, noLinkWords, parseLinkWords } from './link-parse.ts';
import { VETH_USAGE } from './usage.ts';

function parse(args: Arguments, request: KindRequest): void {
  if (!args.is('peer')) {
    args.session.out(VETH_USAGE);
    args.stop(args.session.statuses.failed);
    return;
  }
  args.advance();
  const words = noLinkWords(request.create);
  parseLinkWords(args, words);
  if (words.type !== '') {
    args.duplicate('type', words.type);
    return;
  }
  if (words.refusal !== null) {
    args.stop(args.session.answer(words.refusal));
    return;
  }
  request.veth = { peer: peerOf(words) };
}

const peerOf = (words: LinkWords) => ({
  ...words.change,
  ...(words.name === '' ? {} : { name: words.name }),
  ...(words.index === 0 ? {} : { index: words.index }),
  ...(words.namespace === null ? {} : { namespace: words.namespace }),
});

export const vethKind: Kind = { parse, usage: VETH_USAGE };
