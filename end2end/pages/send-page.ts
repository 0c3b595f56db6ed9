// The page that sends: choosing, terms, sending, and the link at the end.
import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures/expect';
import { byTestId } from './handles';

export interface Terms {
  password?: string;
  note?: string;
  title?: string;
  /** Seconds, as the field's values are. */
  expires?: string;
  downloads?: string;
}

export class SendPage {
  readonly input: Locator;
  readonly create: Locator;
  readonly progress: Locator;
  readonly link: Locator;
  readonly error: Locator;

  constructor(readonly page: Page) {
    this.input = page.getByTestId('file-input');
    this.create = page.getByTestId('create-link');
    this.progress = page.getByTestId('progress');
    this.link = page.getByTestId('share-link');
    this.error = page.getByTestId('error');
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await ready(this.page);
  }

  async choose(files: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
    await this.input.first().setInputFiles(files);
  }

  async terms(terms: Terms): Promise<void> {
    const first = this.page.getByTestId('send-password');
    if (!(await first.isVisible())) await this.page.locator(`details:has(${byTestId('send-password')}) > summary`).click();
    if (terms.password !== undefined) await first.fill(terms.password);
    if (terms.note !== undefined) await this.page.getByTestId('send-note').fill(terms.note);
    if (terms.title !== undefined) await this.page.getByTestId('send-title').fill(terms.title);
    if (terms.expires !== undefined) await this.page.getByTestId('send-expires').selectOption(terms.expires);
    if (terms.downloads !== undefined) await this.page.getByTestId('send-downloads').selectOption(terms.downloads);
  }

  /** Seals, sends, and gives the whole link. */
  async send(within = 60_000): Promise<string> {
    await this.create.click();
    return this.sent(within);
  }

  async sent(within = 60_000): Promise<string> {
    await expect(this.link.or(this.error).first()).toBeVisible({ timeout: within });
    if (await this.error.count()) throw new Error(`sending failed: ${await this.error.first().innerText()}`);
    const text = (await this.link.first().textContent()) ?? '';
    return text.replace(/\s/g, '');
  }
}

/** The page is hydrated: clicks do something. */
export async function ready(page: Page): Promise<void> {
  // By a timer: frames may stand still in a page that another one covers.
  await page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined, undefined, { polling: 50 });
}
