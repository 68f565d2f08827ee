import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const SENTENCE = "Something went wrong in this page, and it is not your fault. Reload it;";

test("a bug in the engine stops the torrent that hits it; the page shows a sentence, and the console the whole error", async ({
  tracker,
  folder,
  context,
  browser,
}) => {
  const sharer = await openTab(context, tracker.url);
  await sharer.share(await randomFile(folder, "film.bin", MIB));
  const link = await sharer.shareLink("film.bin");

  const victim = await browser.newContext(); // Not `newPerson`, which allows no errors.
  const errors: Error[] = [];
  victim.on("weberror", (problem) => errors.push(problem.error()));
  await victim.addInitScript(() => {
    const bug = `SubtleCrypto.prototype.digest = () => Promise.reject(new TypeError("digest has a bug"));`;
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        const code = `${bug} await import(${JSON.stringify(String(url))});`;
        super(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), options);
      }
    };
  });
  const tab = await openTab(victim, link);
  await expect(tab.alert).toContainText(SENTENCE);
  await expect(tab.page.locator("article[data-state=error]")).toContainText(SENTENCE);
  expect(errors.map(({ message }) => message)).toEqual(["digest has a bug"]);
  expect(errors[0]?.stack).toContain("    at ");

  await tab.download("0123456789abcdef0123456789abcdef01234567");
  await tab.expectState("0123456789abcdef0123456789abcdef01234567", "metadata");
  await victim.close();
});

test("a throw that nothing catches, in the worker or in the page, shows the same sentence, and the rest goes on", async ({
  tracker,
  folder,
  browser,
}) => {
  const victim = await browser.newContext();
  const errors: string[] = [];
  victim.on("weberror", (problem) => errors.push(problem.error().message));
  const tab = await openTab(victim, tracker.url);
  const { page } = tab;
  const expectTold = async (message: string): Promise<void> => {
    await expect(tab.alert).toContainText(SENTENCE);
    expect(errors.splice(0)).toEqual([expect.stringContaining(message)]);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(tab.alert).not.toContainText(SENTENCE);
  };

  const [engine] = page.workers();
  await engine?.evaluate(() => {
    setTimeout(() => {
      throw new Error("a timer has a bug");
    });
  });
  await expectTold("a timer has a bug");
  await engine?.evaluate(() => void Promise.reject(new Error("a promise has a bug")));
  await expectTold("a promise has a bug");

  await page.evaluate(() => {
    Element.prototype.scrollIntoView = () => {
      throw new Error("a card has a bug");
    };
  });
  await tab.share(await randomFile(folder, "film.bin", MIB));
  await expectTold("a card has a bug");
  await tab.reload();
  await tab.expectState("film.bin", "needs-file");
  await victim.close();
});
