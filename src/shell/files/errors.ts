// Why a file operation failed: errno's name, and strerror(3)'s words for it.

const WORDS = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  ELOOP: 'Too many levels of symbolic links',
  ENOTEMPTY: 'Directory not empty',
  ENODEV: 'No such device',
  ERANGE: 'Numerical result out of range',
  EIO: 'Input/output error',
  EXDEV: 'Invalid cross-device link',
  EBUSY: 'Device or resource busy',
  EOPNOTSUPP: 'Operation not supported',
} as const;

export type FileError = keyof typeof WORDS;

export const errorWords = (error: FileError): string => WORDS[error];
