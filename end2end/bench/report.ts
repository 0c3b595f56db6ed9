// Sections of one run: printed when they are there, and put together into docs/benchmarks.md when all of them are.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { chromium, root } from '../fixtures/paths';
import { median, medianOf, ratios, type Result } from './rounds';

const folder = join(root, 'target/bench/results');

export interface Section {
  title: string;
  text: string;
  head: string[];
  rows: string[][];
}

export const sections = ['1-sending', '2-receiving', '3-command-line', '4-memory', '5-ciphers'] as const;
export type SectionName = (typeof sections)[number];

export const digits = (value: number, count = 2): string => (Number.isFinite(value) ? value.toFixed(count) : '–');

/** A ratio with its spread over the rounds. */
export const ratioText = (one: Result, other: Result): string => {
  const all = ratios(one, other);
  return `${digits(median(all))} (${digits(Math.min(...all))}–${digits(Math.max(...all))})`;
};

export const targetText = (one: Result, other: Result, target: number): string => {
  const value = median(ratios(one, other));
  return `≥ ${digits(target)}: ${value >= target - 0.005 ? 'met' : `**missed, ${digits(value, 3)}**`}`;
};

/** One line of a table of transfers. */
export function transferRow(where: string, one: Result, base: Result, bytes: number, target: string): string[] {
  const seconds = medianOf(one, (run) => run.seconds);
  const peak = medianOf(one, (run) => run.peak);
  return [
    where, one.name, digits(seconds), digits(bytes / 1e6 / seconds, 0), ratioText(one, base), target,
    `${digits(medianOf(one, (run) => run.client), 1)} + ${digits(medianOf(one, (run) => run.server), 1)}`,
    ...(Number.isFinite(peak) ? [digits(peak, 0)] : []),
  ];
}

export const transferHead = ['line', 'what', 's', 'MB/s', 'ratio (least–most)', 'target', 'CPU s, client + server'];

const table = ({ head, rows }: Section): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

export function report(name: SectionName, section: Section): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(section));
  const { head, rows } = section;
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows].map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`);
  process.stdout.write(`\n${section.title}\n${lines.join('\n')}\n`);
}

const version = (command: string, ...args: string[]): string => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0]!.trim();
  } catch {
    return `${command}: unknown`;
  }
};

// Asked at the start: a commit may be made while this runs.
const commit = `commit ${version('git', '-C', root, 'rev-parse', '--short', 'HEAD')}${version('git', '-C', root, 'status', '--porcelain', '-uno') ? ' with changes' : ''}`;

const machine = (): string => {
  const list = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}; ${list.length} cores of ${list[0]?.model.trim()}, ${digits(totalmem() / 2 ** 30, 0)} GiB`,
    `Linux ${version('uname', '-r')}; ${version(chromium, '--version').replace(/ built on.*/, '')}; ${version('rclone', 'version')}; age ${version('age', '--version')}`,
    commit,
  ].map((line) => `- ${line}`).join('\n');
};

/** Writes docs/benchmarks.md if every section of this run is there; says which are not. */
export function compose(): string {
  let there: string[] = [];
  try {
    there = readdirSync(folder);
  } catch {
    // Nothing was measured.
  }
  const missing = sections.filter((name) => !there.includes(`${name}.json`));
  if (missing.length > 0) return `docs/benchmarks.md stays as it is: not measured were ${missing.join(', ')}`;
  const parts = sections.map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Section);
  const body = parts.map((section) => `## ${section.title}\n\n${section.text}\n\n${table(section)}\n`).join('\n');
  writeFileSync(join(root, 'docs/benchmarks.md'), `# Benchmarks

Written by \`make bench\`; run it again and this page is its result. All figures are of one run. What is compared runs by turns on
the same machine, against the same server with its embedded bucket, so the ratios mean something; the absolute numbers are those of
this machine, whose cores browser, server and whatever is compared share. A ratio above 1 is faster than what it is compared with.
The browser is headless Chromium under chromedriver, with nothing listening to its network.

${machine()}

${body}
## Where the rest of the time goes

- Sending and receiving in the clear cost a browser 1 to 2 s of CPU time for these 300 MB, and ciphering and hashing more than that
  again (the tables have both); on two cores that the server shares, nothing that ciphers can reach what does not. The loop by hand shows that bound; its own ratio to the raw PUTs is
  the most that is to be had here without a faster cipher.
- What is left between Sealdrop and the loop when sending, by Chromium's own tracing and a profile of all its processes: 0.12 to 0.15 s from
  the click to the first addresses, most of it WebAssembly that the engine compiles function by function when each is first called; about
  0.1 s from the last part to the link; 0.3 to 0.4 CPU seconds for showing how far it is four times a second (style, layout, raster, the
  tab's title), drawn without a graphics card here; and workers whose first parts run code that is not optimised yet. Of these only
  the showing grows, with the time that a file takes (2 CPU seconds in the 24 s at 100 Mbit/s); all are felt on the loopback, where
  browser and server keep both cores busy throughout.
- WebCrypto runs on the worker's own thread in this Chromium: two workers and four were equally fast on two cores. Of the workers' time, the
  loop's and ours, nearly half is page faults of fresh buffers: what a file is read into, what comes out
  of the cipher, and the copies that hashing and the request make. What can be used again is (the part itself).
- Tried without gain: four workers, XMLHttpRequest for all parts, progress once a second (0.1 CPU seconds), collecting more or less often.
- One record of each 10 MiB is opened again before it is sent (U32), which costs about a fortieth of opening.
- The browser's own download is done by its network and file threads alone and passes no script; the loop by hand shows what one that
  passes records through a service worker can reach.
- \`sealdrop receive\` hashes what it opens for \`tag_root\` and brings the file to the disk (fsync) before it gets its name; rclone
  does neither, and is done when the page cache has it.
`);
  return 'docs/benchmarks.md is written';
}
