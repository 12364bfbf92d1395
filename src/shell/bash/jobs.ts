// The jobs of a shell: what `&` started, until `wait` or `jobs` has told how it ended.
import type { Task } from '../process/task.ts';

export interface Job {
  readonly number: number;
  /** The processes of its pipeline; the last one's status is the job's. */
  readonly tasks: readonly Task[];
  readonly text: string;
  /** `disown -h`, or the job is no longer to be listed. */
  reported: boolean;
}

/** So that Shell can name it without a cycle of values. */
export type JobTable = Jobs;

export class Jobs {
  private jobs: Job[] = [];
  /** Statuses of processes whose jobs are gone from the list: `wait PID` may still ask. */
  private readonly ended = new Map<number, Task>();

  add(tasks: readonly Task[], text: string): Job {
    const number = Math.max(0, ...this.jobs.map((job) => job.number)) + 1;
    const job: Job = { number, tasks, text, reported: false };
    this.jobs.push(job);
    return job;
  }

  /** For a subshell: it may list them, not wait for them. */
  snapshot(): Jobs {
    const copy = new Jobs();
    copy.jobs = [...this.jobs];
    return copy;
  }

  all(): readonly Job[] {
    return this.jobs;
  }

  remove(job: Job): void {
    this.jobs = this.jobs.filter((other) => other !== job);
    for (const task of job.tasks) this.ended.set(task.pid, task);
  }

  /** The job that is meant by `%1`, `%%`, `%+`, `%-`, `%name`, `%?text`. */
  find(spec: string): Job | null {
    const name = spec.slice(1);
    if (/^\d+$/.test(name)) return this.jobs.find((job) => job.number === Number(name)) ?? null;
    if (name === '' || name === '%' || name === '+') return this.jobs.at(-1) ?? null;
    if (name === '-') return this.jobs.at(-2) ?? this.jobs.at(-1) ?? null;
    const wanted = (job: Job): boolean =>
      name.startsWith('?') ? job.text.includes(name.slice(1)) : job.text.startsWith(name);
    return this.jobs.find(wanted) ?? null;
  }

  /** The process with this id that this shell started and may wait for. */
  task(pid: number): Task | null {
    for (const job of this.jobs) for (const task of job.tasks) if (task.pid === pid) return task;
    return this.ended.get(pid) ?? null;
  }

  jobOf(task: Task): Job | null {
    return this.jobs.find((job) => job.tasks.includes(task)) ?? null;
  }
}

export const isDone = (job: Job): boolean => job.tasks.every((task) => task.done);
export const statusOf = (job: Job): number => job.tasks[job.tasks.length - 1].status;
