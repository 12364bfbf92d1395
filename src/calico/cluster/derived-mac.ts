// A MAC for an interface that no resource gives one: the same for the same name, so that labs are alike.
import { type Mac, mac } from '../../addr/mac.ts';
import { sha1 } from '../resource/names.ts';

/** Locally administered: 02 and five bytes of the name's hash. */
export const derivedMac = (name: string): Mac => mac(Number.parseInt(`02${sha1(name).slice(0, 10)}`, 16));
