// Work that may never end, given up after a while. It is not the lab's time: nothing that ends sooner depends on it.
import { createContext, Script } from 'node:vm';

const MILLISECONDS = 1000;

let sandbox: { work: () => unknown } | null = null;
const script = new Script('work()');

/** What `work` makes; undefined if it took too long. */
export function withinTime<T>(work: () => T): T | undefined {
  sandbox ??= createContext({ work }) as { work: () => unknown };
  sandbox.work = work;
  try {
    return script.runInContext(sandbox, { timeout: MILLISECONDS }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return undefined;
  }
}
