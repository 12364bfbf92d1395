// What the print of a link asks of the machine, taken from the namespace that the command runs in.
import { dumpLinks } from '../../../admin/link.ts';
import type { Session } from '../iproute2/session.ts';
import type { LinkView } from './link-print.ts';

export const linkView = (session: Session, linkOnly: boolean, family: number): LinkView => ({
  options: session.options,
  names: session.names,
  linkOnly,
  family,
  link: (index) => session.linkByIndex(index),
  nameOf: (index) => session.nameOf(index),
  nameOfNamespace: (namespace) => (namespace === null ? null : session.lab.nameOf(namespace)),
  ports: (bridge) => dumpLinks(session.namespace).filter((link) => link.masterIndex === bridge),
});
