import { type Browser, chromium, type Page } from 'playwright-core';

/** A page of a browser of its own; the caller closes the browser. @param complain takes what the page throws or calls an error */
export async function openBrowserPage(
  executablePath: string | null,
  complain: (text: string) => void,
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complain(message.text());
  });
  return { browser, page };
}
