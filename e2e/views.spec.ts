import type { Page } from "@playwright/test";
import { KIB, randomFile, torrentOf } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const PASSWORD = "correct horse battery";
const MARKUP = "<img src=x onerror=document.title='hacked'><b>bold";
/** Right-to-left letters, an override of the direction, emoji, and a word that no line holds. */
const STRANGE = `${MARKUP} عربي\u202Egnp.exe 💐${"W".repeat(120)}`;
const LONGEST_NAME = "W".repeat(32);

test("everybody can read every view: labels, contrast, phones, and hostile names, which are only text", async ({
  folder,
  context,
  newPerson,
}) => {
  const tracker = await runTracker("--accounts");
  try {
    const admin = await openTab(context, tracker.url);
    const { page } = admin;
    await admin.register(LONGEST_NAME, PASSWORD);
    await page.getByText("I run this tracker").click();
    await page.getByLabel("Code from its terminal").fill(tracker.adminCode ?? "");
    await page.getByRole("button", { name: "Become an administrator" }).click();
    await page.getByText("You are an administrator of this tracker.").waitFor();
    await page.getByText("Delete this account").click();
    await page.getByLabel("Name of a new key").fill(STRANGE.slice(0, 64));
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.getByText("Copy it now").waitFor();
    await expectSafe(page);

    await admin.view("Your files");
    await admin.share(await randomFile(folder, `${STRANGE}.bin`, KIB));
    await admin.expectState(".bin", "seeding");
    await admin.publish(".bin", `${STRANGE} ${MARKUP.repeat(14)}`);
    await admin.press(".bin", "Details");
    await page.getByText("1 tracker", { exact: true }).waitFor();
    await expectSafe(page);
    const guest = await openTab(await newPerson(), await admin.shareLink(".bin"));
    await guest.page.getByRole("region", { name: "Log in to go on" }).waitFor();
    await expectSafe(guest.page);
    await guest.register("عبدالرحمن عبدالعزيز", PASSWORD);
    await guest.view("Your files");
    await guest.expectState(".bin", "seeding");

    await admin.view("Catalog");
    await page.getByText("Publish a .torrent").click();
    const unseeded = await torrentOf(await randomFile(folder, "nobody seeds this.bin", KIB));
    const file = { name: "a.torrent", mimeType: "", buffer: unseeded };
    await page.getByLabel("The .torrent file").setInputFiles(file);
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("Nobody has seeded this yet.").waitFor();
    await expectSafe(page);
    await page.getByRole("link", { name: "WWWW.bin" }).click();
    await page.getByRole("row", { name: "Browser" }).first().waitFor();
    await expectSafe(page);
    await admin.view("This tracker");
    await page.getByRole("button", { name: "Peers" }).first().click();
    await page.getByRole("row", { name: "Browser" }).first().waitFor();
    await expectSafe(page);
    await admin.view("Accounts");
    await page.getByText("عبدالرحمن").waitFor();
    await expectSafe(page);
    await page.getByRole("button", { name: "Remove" }).click();
    await expectSafe(page);
  } finally {
    await tracker.stop();
  }
});

/** The page is legible, and has no markup of somebody else's. */
async function expectSafe(page: Page): Promise<void> {
  await expectLegible(page);
  await expect(page.locator("img, main b")).toHaveCount(0);
  expect(await page.title()).not.toBe("hacked");
}
