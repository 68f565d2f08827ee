import type { Page } from "@playwright/test";

/** Blocks the thread of a page, as a long task would, but without using the processor. Returns what ends that. */
export async function block(page: Page): Promise<() => Promise<void>> {
  let release = (): void => {};
  const isAsked = new Promise<void>((asked) => {
    void page.route("**/blocked", async (route) => {
      asked();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await route.fulfill({ body: "" });
    });
  });
  const blocked = page.evaluate(() => {
    const request = new XMLHttpRequest();
    request.open("GET", "/blocked", false);
    request.send();
  });
  await isAsked;
  return async () => {
    release();
    await blocked;
  };
}
