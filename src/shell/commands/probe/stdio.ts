// Standard output as the C library keeps it: buffered until flushed, unless it is a terminal; lost when killed.
import { type Errno, strerror } from '../../../addr/errno.ts';
import type { Context } from '../../command.ts';

export class Stdio {
  private readonly context: Context;
  private readonly program: string;
  private pending = '';

  constructor(context: Context, program: string) {
    this.context = context;
    this.program = program;
  }

  /** printf(3). */
  print(text: string): void {
    if (this.context.isTerminal) this.context.out(text);
    else this.pending += text;
  }

  flush(): void {
    if (this.pending !== '') this.context.out(this.pending);
    this.pending = '';
  }

  /** fprintf(stderr): does not wait for what is pending on standard output. */
  errorText(text: string): void {
    this.context.err(text);
  }

  /** error(3): flushes standard output, then `program: text` or `program: text: strerror`. */
  error(text: string, errno: Errno = 0): void {
    this.flush();
    this.context.err(`${this.program}: ${text}${errno === 0 ? '' : `: ${strerror(errno)}`}\n`);
  }
}
