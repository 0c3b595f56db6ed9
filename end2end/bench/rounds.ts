// Rounds: what is compared runs by turns, A B C, B C A, …, because the machine is not the same from one minute to the next.
// What counts is the ratio within one round; of the rounds, the median.

/** What one run took. */
export interface Run {
  seconds: number;
  /** CPU seconds of the client (browser or command) and of the server. */
  client: number;
  server: number;
  /** Share of all cores that other processes took meanwhile. */
  others: number;
  /** Peak memory of the client in MiB, where one look at its end tells it. */
  peak?: number;
  /** The longest task on the page's own thread in ms, where it was watched. */
  longest?: number;
}

export interface Contender {
  name: string;
  run: (round: number) => Promise<Run>;
}

export interface Result {
  name: string;
  runs: Run[];
}

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

export async function compare(contenders: Contender[], rounds: number, told: (line: string) => void): Promise<Result[]> {
  const results: Result[] = contenders.map(({ name }) => ({ name, runs: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (round + turn) % contenders.length;
      const run = await contenders[at]!.run(round);
      results[at]!.runs.push(run);
      told(`round ${round + 1}, ${contenders[at]!.name}: ${run.seconds.toFixed(2)} s, CPU ${run.client.toFixed(1)} + ${run.server.toFixed(1)} s, others ${(100 * run.others).toFixed(0)} %`);
    }
  }
  return results;
}

/** How fast `one` is beside `other`, round by round: above 1 is faster. */
export const ratios = (one: Result, other: Result): number[] => one.runs.map((run, round) => other.runs[round]!.seconds / run.seconds);

export const medianOf = (result: Result, value: (run: Run) => number | undefined): number =>
  median(result.runs.map((run) => value(run) ?? NaN));

/** How much of the cores others took while all of these ran, in words. */
export const disturbance = (results: Result[]): string =>
  `Other processes took ${(100 * median(results.flatMap(({ runs }) => runs.map((run) => run.others)))).toFixed(0)} % of the cores meanwhile (median; a quiet machine has under 5).`;
