// A slow line, made by the kernel: HTB classes on the loopback of this network namespace, one for each direction of one
// port. Nothing stands in between that could be the bottleneck, and the browser still talks to 127.0.0.1, a secure context.
import { execFileSync } from 'node:child_process';

/** Whether this run has a loopback of its own. scripts/bench.sh says so; no other loopback is ever changed. */
export const canShape = process.env.SEALDROP_BENCH_NETNS === '1';

const tc = (line: string): void => {
  execFileSync('tc', line.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** From now on so many Mbit/s to and from a port; undefined is the bare loopback. */
export function shape(port: number, mbit: number | undefined): void {
  if (!canShape) {
    if (mbit !== undefined) throw new Error('shaping needs a network namespace: start this by scripts/bench.sh');
    return;
  }
  try {
    tc('qdisc del dev lo root');
  } catch {
    // It was bare.
  }
  if (mbit === undefined) return;
  // Packets of loopback are up to 64 KiB: the burst is a few of them, the queue what a home router would hold.
  tc('qdisc add dev lo root handle 1: htb default 9');
  for (const [id, match] of [['1', 'dport'], ['2', 'sport']] as const) {
    tc(`class add dev lo parent 1: classid 1:${id} htb rate ${mbit}mbit burst 256kb cburst 256kb quantum 65536`);
    tc(`qdisc add dev lo parent 1:${id} bfifo limit 4mb`);
    tc(`filter add dev lo parent 1: protocol ip prio 1 u32 match ip ${match} ${port} 0xffff flowid 1:${id}`);
  }
}
