import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';

/** A row of the timeline as the console saves it. */
export interface SavedRow {
  readonly kind: 'event' | 'gap' | 'mark';
  readonly seq: number;
  readonly epoch: string;
  readonly edge: string;
  readonly link: string;
  readonly event?: { readonly id: string; readonly type: string };
  readonly mark?: { readonly kind: string };
}

/** The console as a person uses it. */
export class ConsolePage implements AsyncDisposable {
  readonly page: Page;
  /** What the page threw; nothing, if all is well. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  pane(user: string): Locator {
    return this.page.locator(`[data-user="${user}"]`);
  }

  /** Writes a message and presses Enter. */
  async say(user: string, text: string): Promise<void> {
    const field = this.pane(user).getByLabel('Message', { exact: true });
    await field.fill(text);
    await field.press('Enter');
  }

  /** Presses a button of the pane by its label. */
  async press(user: string, label: string | RegExp): Promise<void> {
    await this.pane(user).getByRole('button', { name: label }).click();
  }

  async untilState(user: string, state: string): Promise<void> {
    await this.pane(user).locator(`.state-pill[data-state="${state}"]`).waitFor({ state: 'attached' });
  }

  /** Waits until the latest answer holds the text. */
  async untilAnswered(user: string, text: string | RegExp): Promise<void> {
    await this.pane(user).locator('.answer').last().getByText(text).first().waitFor();
  }

  /** Waits until the latest run has ended in this way. */
  async untilEnded(user: string, outcome: 'completed' | 'stopped' | 'failed' = 'completed'): Promise<void> {
    await this.pane(user).locator(`.turn:last-of-type[data-outcome="${outcome}"]`).waitFor();
  }

  /** Waits until the page has taken everything up to this position. */
  async untilPosition(user: string, position: string): Promise<void> {
    await this.pane(user)
      .locator(`[data-fact="position"][title="${position}"]`)
      .waitFor({ state: 'attached' });
  }

  /** Waits until the client has come back so many times. */
  async untilReconnects(user: string, times: number): Promise<void> {
    await this.pane(user)
      .locator('[data-fact="reconnects"]')
      .getByText(String(times), { exact: true })
      .waitFor();
  }

  /** One of the facts in the connection panel, such as `edge`. */
  async fact(user: string, name: string): Promise<string> {
    return this.pane(user).locator(`[data-fact="${name}"]`).innerText();
  }

  /** The page's own counters of what must never happen. */
  async faults(user: string): Promise<Readonly<Record<'duplicates' | 'outOfOrder' | 'broken', string>>> {
    const count = async (name: string) =>
      (await this.pane(user).locator(`[data-count="${name}"]`).textContent()) ?? '';
    return {
      duplicates: await count('duplicates'),
      outOfOrder: await count('outOfOrder'),
      broken: await count('broken'),
    };
  }

  /** All rows, by the button that saves them. */
  async savedRows(user: string): Promise<readonly SavedRow[]> {
    const download = this.page.waitForEvent('download');
    await this.press(user, 'Save the rows as a file');
    const text = await readFile(await (await download).path(), 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as SavedRow);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
