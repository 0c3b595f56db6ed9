// Signing in, and the page of the account.
import type { BrowserContext, Page } from '@playwright/test';
import { expect } from '../fixtures/expect';
import { codeFor } from '../fixtures/mailbox';
import type { Server } from '../fixtures/server';
import { ready } from './send-page';

export class AccountPage {
  constructor(readonly page: Page, readonly server: Server) {}

  get context(): BrowserContext {
    return this.page.context();
  }

  /** Asks for a code. */
  async ask(email: string): Promise<void> {
    await this.page.getByTestId('sign-in-email').fill(email);
    await this.page.getByTestId('send-code').click();
    await expect(this.page.getByTestId('sent-to')).toHaveText(email);
  }

  async enter(code: string): Promise<void> {
    await this.page.getByTestId('sign-in-code').fill(code);
    await this.page.getByTestId('sign-in').click();
  }

  /** From a page that is open there to being signed in. */
  async signIn(email: string): Promise<void> {
    await this.page.goto(`${this.server.url}/signin`);
    await ready(this.page);
    await this.ask(email);
    await this.enter(await codeFor(this.context, this.server));
    await this.isIn(email);
  }

  async isIn(email: string): Promise<void> {
    await expect(this.page).toHaveURL(/\/account$/);
    await expect(this.page.getByTestId('account-email')).toHaveText(email);
    await expect(this.page.getByTestId('nav-account')).toHaveText('Account');
  }
}
