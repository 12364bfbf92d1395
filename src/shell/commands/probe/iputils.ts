// What all programs of Debian's iputils 20221126 say of how they were built.

const CONFIGURATION = 'libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n';

/** The answer to -V. */
export const versionText = (program: string): string => `${program} from iputils 20221126\n${CONFIGURATION}`;
