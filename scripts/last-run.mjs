// What the last run of the tests left behind, for the scripts that read it: results of nextest and of Playwright.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const text = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Every test of nextest: its name, its crate, and what its element holds. */
export function* rustTests() {
  const folders = existsSync('target/nextest') ? readdirSync('target/nextest') : [];
  for (const profile of folders) {
    const cases = text(join('target/nextest', profile, 'junit.xml')).matchAll(/<testcase name="([^"]+)" classname="([^"]+)"[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g);
    for (const [, name, crate, rest] of cases) yield { name, crate, rest };
  }
}

/** What the run of the contract found wrong, by operation. */
export function* contractFailures() {
  for (const [, name, rest] of text('target/contract-junit.xml').matchAll(/<testcase [^>]*?name="([^"]+)"[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g)) {
    const [, message, more] = /<(?:failure|error)\b([^>]*)>?([\s\S]*?)(?:<\/(?:failure|error)>|\/>)/.exec(rest) ?? [];
    if (message !== undefined) yield { name, message: `${/message="([^"]*)"/.exec(message)?.[1] ?? ''}\n${more}` };
  }
}

const REPORTS = ['target/e2e-results.json', 'target/long-results.json'];
const playwright = () => REPORTS.map((path) => [path, text(path)]).filter(([, report]) => report).map(([path, report]) => ({ path, ...JSON.parse(report) }));

/** What ended a whole run of Playwright, or kept it from beginning. */
export const brokenRuns = () => playwright().flatMap(({ path, errors }) => errors.map(({ message }) => ({ path, message })));

/** Whether a browser test passed at its second attempt only. */
export const isFlaky = (spec) => spec.tests.some(({ status }) => status === 'flaky');

/** Every browser test, as Playwright's reports describe it: of the main run, and of what ran beside it. */
export function* browserTests() {
  const waiting = playwright().flatMap(({ suites }) => suites);
  while (waiting.length > 0) {
    const suite = waiting.shift();
    yield* suite.specs ?? [];
    waiting.unshift(...(suite.suites ?? []));
  }
}
