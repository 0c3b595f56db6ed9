// The last lines of a run: what was measured and counted, and how many tests ran.
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class SummaryReporter implements Reporter {
  private readonly figures: string[] = [];
  private readonly outcomes = { passed: 0, failed: 0, skipped: 0, again: 0 };
  private readonly begin = Date.now();

  printsToStdio(): boolean {
    return false;
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const outcome = result.status === 'passed' ? 'passed' : result.status === 'skipped' ? 'skipped' : result.retry < test.retries ? 'again' : 'failed';
    this.outcomes[outcome] += 1;
    for (const { type, description } of result.annotations) {
      if (type === 'figure') this.figures.push(`${test.parent.title.replace(/\.spec\.ts$/, '').replace(/^.*\//, '')}: ${description}`);
      if (type === 'skip' || type === 'fixme') this.figures.push(`not run: ${test.title} (${description ?? 'no reason given'})`);
    }
  }

  onEnd(result: FullResult): void {
    const { passed, failed, skipped, again } = this.outcomes;
    const seconds = Math.round((Date.now() - this.begin) / 1000);
    process.stdout.write(`\n${this.figures.map((figure) => `  ${figure}\n`).join('')}`);
    process.stdout.write(`browser tests: ${passed} passed, ${failed} failed, ${skipped} skipped, ${again} tried a second time in ${seconds} s (${result.status})\n`);
  }
}
