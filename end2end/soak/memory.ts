// Memory as the operating system saw it, read from /proc while something runs.
import { readFileSync, readdirSync } from 'node:fs';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
const kilobytes = (text: string | undefined, field: string): number => Number(text?.match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'))?.[1] ?? 0);
// Every thread keeps its own list: who started a browser need not be the first one.
const children = (pid: number): number[] => {
  let threads: string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has ended meanwhile.
  }
  return threads.flatMap((thread) => (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number));
};

/** A process and everything below it. */
export function family(pid: number): number[] {
  return [pid, ...children(pid).flatMap(family)];
}

/** Peak resident memory of one process, in MiB. */
export const peak = (pid: number): number => kilobytes(read(`/proc/${pid}/status`), 'VmHWM') / 1024;

/** Proportional memory of the renderers below a process, in MiB: what the tabs cost, shared pages counted once. */
export function renderers(pid: number): number {
  const those = family(pid).filter((one) => read(`/proc/${one}/cmdline`)?.includes('--type=renderer'));
  return those.reduce((sum, one) => sum + kilobytes(read(`/proc/${one}/smaps_rollup`), 'Pss'), 0) / 1024;
}

/** Lets a browser's own process, which writes downloads to the disk, run for a fifth of the time: its disk is slow. */
export async function onSlowDisk<T>(pid: number, action: () => Promise<T>): Promise<T> {
  const browser = family(pid).filter((one) => read(`/proc/${one}/comm`)?.startsWith('chromium') && !read(`/proc/${one}/cmdline`)?.includes('--type='));
  if (browser.length === 0) throw new Error('there is no browser to slow down');
  const tell = (signal: NodeJS.Signals) => browser.forEach((one) => process.kill(one, signal));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  let isOver = false;
  const slowing = (async () => {
    while (!isOver) {
      tell('SIGSTOP');
      await pause(160);
      tell('SIGCONT');
      await pause(40);
    }
  })();
  try {
    return await action();
  } finally {
    isOver = true;
    await slowing;
  }
}

/** The largest value of a measure while an action runs. */
export async function highest<T>(measure: () => number, action: () => Promise<T>, every = 200): Promise<{ result: T; highest: number; samples: number }> {
  let most = 0;
  let samples = 0;
  const timer = setInterval(() => {
    most = Math.max(most, measure());
    samples += 1;
  }, every);
  try {
    const result = await action();
    return { result, highest: most, samples };
  } finally {
    clearInterval(timer);
  }
}
