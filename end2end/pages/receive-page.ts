// The page behind a link: the list, the password, the download and its verdict.
import type { Download, Locator, Page } from '@playwright/test';
import { expect } from '../fixtures/expect';
import { ready } from './send-page';

export type State = 'idle' | 'working' | 'verified' | 'failed';

export class ReceivePage {
  readonly files: Locator;
  readonly password: Locator;
  readonly download: Locator;
  readonly status: Locator;
  readonly error: Locator;
  /** Downloads that began, in order. */
  readonly downloads: Download[] = [];

  constructor(readonly page: Page) {
    this.files = page.getByTestId('receive-files');
    this.password = page.getByTestId('receive-password');
    this.download = page.getByTestId('receive-download');
    this.status = page.getByTestId('receive-status');
    this.error = page.getByTestId('error');
    page.on('download', (download) => this.downloads.push(download));
  }

  async open(link: string): Promise<void> {
    await this.page.goto(link);
    await ready(this.page);
  }

  /** Opens a link that must show its list. */
  async openList(link: string, password?: string): Promise<void> {
    await this.open(link);
    if (password !== undefined) await this.unlock(password);
    await expect(this.files).toBeVisible({ timeout: 30_000 });
  }

  async unlock(password: string): Promise<void> {
    await this.password.fill(password);
    await this.password.press('Enter');
  }

  /** Clicks once and waits for the verdict. */
  async receive(within = 60_000): Promise<State> {
    await this.download.first().click();
    return this.verdict(within);
  }

  /** Downloads every file of the list by itself, by the buttons of their rows. */
  async receiveEach(count: number): Promise<void> {
    const rest = this.page.getByTestId('download-one');
    for (let left = count; left > 0; left -= 1) {
      await expect(rest).toHaveCount(left);
      await rest.first().click();
      expect(await this.verdict()).toBe('verified');
    }
    await expect.poll(() => this.downloads.length).toBe(count);
  }

  async verdict(within = 60_000): Promise<State> {
    await expect(this.status.first()).toHaveAttribute('data-state', /verified|failed/, { timeout: within });
    return (await this.status.first().getAttribute('data-state')) as State;
  }

  async expectState(state: State): Promise<void> {
    await expect(this.status.first()).toHaveAttribute('data-state', state);
  }
}
