// CPU time of running processes, and programs that end with an account of theirs.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bareEnv } from '../fixtures/paths';
import { family } from '../soak/memory';
import type { Run } from './rounds';

const TICKS = 100;

/** CPU seconds so far of a process and everything below it. */
export function cpu(pid: number): number {
  return family(pid).reduce((sum, one) => {
    try {
      const fields = readFileSync(`/proc/${one}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return sum;
    }
  }, 0);
}

/** CPU seconds so far of everything on this machine, stolen time included. */
function busy(): number {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softirq! + steal!) / TICKS;
}

/** What else ran: the share of all cores that neither client nor server took. */
const others = (since: number, own: number, seconds: number): number => Math.max(0, busy() - since - own) / (seconds * cpus().length);

/** Runs an action and puts the CPU time of client and server beside what it says. */
export async function costing(client: number, server: number, action: () => Promise<{ seconds: number; longest?: number }>): Promise<Run> {
  const before = [cpu(client), cpu(server), busy(), performance.now()] as const;
  const said = await action();
  const took = [Math.max(0, cpu(client) - before[0]), Math.max(0, cpu(server) - before[1])] as const;
  return { ...said, client: took[0], server: took[1], others: others(before[2], took[0] + took[1], (performance.now() - before[3]) / 1000) };
}

/** Runs a command line in bash under GNU time: a pipeline is measured as a whole, its memory is that of its largest part. */
export async function program(line: string, server: number, env: Record<string, string>): Promise<Run & { stdout: string }> {
  const before = cpu(server);
  const since = busy();
  const begin = performance.now();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '/usr/bin/time', '-f', 'cost %M %U %S', 'bash', '-o', 'pipefail', '-c', line], {
    env: bareEnv(env) as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  let seconds = 0;
  child.once('exit', () => { seconds = (performance.now() - begin) / 1000; });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const cost = stderr.match(/cost (\d+) ([\d.]+) ([\d.]+)/);
  if (code !== 0 || !cost) throw new Error(`${line}\nended with ${code}\n${stderr}`);
  const took = [Number(cost[2]) + Number(cost[3]), cpu(server) - before] as const;
  return { seconds, stdout, peak: Number(cost[1]) / 1024, client: took[0], server: took[1], others: others(since, took[0] + took[1], seconds) };
}
