// The last lines of a run: what was measured and counted, and how many tests ran.
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class SummaryReporter implements Reporter {
  private readonly figures: string[] = [];
  private readonly tests = new Set<TestCase>();
  private readonly begin = Date.now();

  printsToStdio(): boolean {
    return false;
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    this.tests.add(test);
    if (result.status !== 'passed' && result.status !== 'skipped') return;
    for (const { type, description } of result.annotations) {
      if (type === 'figure') this.figures.push(`${test.parent.title.replace(/\.spec\.ts$/, '').replace(/^.*\//, '')}: ${description}`);
      if (type === 'skip' || type === 'fixme') this.figures.push(`not run: ${test.title} (${description ?? 'no reason given'})`);
    }
  }

  onEnd(result: FullResult): void {
    const count = (...outcomes: string[]) => [...this.tests].filter((test) => outcomes.includes(test.outcome())).length;
    const seconds = Math.round((Date.now() - this.begin) / 1000);
    process.stdout.write(`\n${this.figures.map((figure) => `  ${figure}\n`).join('')}`);
    process.stdout.write(`browser tests: ${count('expected', 'flaky')} passed (${count('flaky')} at the second attempt), ${count('unexpected')} failed, ${count('skipped')} skipped in ${seconds} s (${result.status})\n`);
  }
}
