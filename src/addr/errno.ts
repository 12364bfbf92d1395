// The kernel's error numbers that administrative requests and local senders meet, and strerror(3)'s words for them.

const TABLE = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  ENXIO: [6, 'No such device or address'],
  E2BIG: [7, 'Argument list too long'],
  EBADF: [9, 'Bad file descriptor'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EFAULT: [14, 'Bad address'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  EXDEV: [18, 'Invalid cross-device link'],
  ENODEV: [19, 'No such device'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  ENFILE: [23, 'Too many open files in system'],
  ENOTTY: [25, 'Inappropriate ioctl for device'],
  ENOSPC: [28, 'No space left on device'],
  ERANGE: [34, 'Numerical result out of range'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  EXFULL: [54, 'Exchange full'],
  ENODATA: [61, 'No data available'],
  ENOLINK: [67, 'Link has been severed'],
  EDESTADDRREQ: [89, 'Destination address required'],
  EMSGSIZE: [90, 'Message too long'],
  EPROTONOSUPPORT: [93, 'Protocol not supported'],
  EOPNOTSUPP: [95, 'Operation not supported'],
  EAFNOSUPPORT: [97, 'Address family not supported by protocol'],
  EADDRINUSE: [98, 'Address already in use'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  ENETDOWN: [100, 'Network is down'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ENOBUFS: [105, 'No buffer space available'],
  ENOTCONN: [107, 'Transport endpoint is not connected'],
  ECONNREFUSED: [111, 'Connection refused'],
  EHOSTDOWN: [112, 'Host is down'],
  EHOSTUNREACH: [113, 'No route to host'],
} as const;

type ErrnoName = keyof typeof TABLE;

/** A positive error number, or 0 for none. */
export type Errno = number;

/** The numbers by name: Errno.EINVAL is 22. */
export const Errno = Object.fromEntries(Object.entries(TABLE).map(([name, row]) => [name, row[0]])) as {
  readonly [Name in ErrnoName]: Errno;
};

const WORDS = new Map<number, string>(Object.values(TABLE).map((row) => [row[0], row[1]]));

/** strerror(3). */
export const strerror = (errno: Errno): string => WORDS.get(errno) ?? `Unknown error ${errno}`;

/** A refused request: the error number and, where the kernel gives one, its extended acknowledgement. */
export interface Refusal {
  readonly errno: Errno;
  /** The extack text that iproute2 prints behind "Error: ". */
  readonly message?: string;
}

export const refuse = (errno: Errno, message?: string): Refusal =>
  message === undefined ? { errno } : { errno, message };
