import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { openTab } from "./tab.ts";

const WORDS = "Bring:\n- the tent\n- <b>no</b> stove 🏕";
const ADDRESS = "https://example.org/map?at=21.03,105.85";

test("a text that somebody pastes goes out when they say so, is read and copied in the page, and outlives a reload; its link ends when one person has it, or at once, and comes back", async ({
  tracker,
  context,
  newPerson,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const sender = await openTab(context, tracker.url);
  const { page } = sender;
  const dialog = page.getByRole("dialog", { name: "Send text or a link" });
  await page.evaluate((text) => navigator.clipboard.writeText(text), WORDS);
  await page.keyboard.press("ControlOrMeta+V");
  await expect(dialog.getByLabel("Your text")).toHaveValue(WORDS);
  await expectLegible(page);
  await expect(sender.entries).toHaveCount(0);
  await dialog.getByLabel("Your text").fill("x".repeat(65_537));
  await dialog.getByRole("button", { name: "Share it" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Put it into a file");
  await dialog.getByLabel("Your text").fill(WORDS);
  await dialog.getByRole("button", { name: "Share it" }).click();
  await sender.expectState("Text", "seeding");
  await sender.reload();
  await sender.expectState("Text", "seeding"); // Not `needs-file`.

  const person = await newPerson();
  await person.grantPermissions(["clipboard-read", "clipboard-write"]);
  const reader = await openTab(person, await sender.shareLink("Text"));
  await expect(reader.entry("Text").getByLabel("Text", { exact: true })).toHaveValue(WORDS);
  await reader.press("Text", "Copy text");
  expect(await reader.page.evaluate(() => navigator.clipboard.readText())).toBe(WORDS);
  await expect(reader.entry("Text").getByRole("link")).toHaveCount(0);
  await expectLegible(reader.page);

  await reader.page.getByRole("button", { name: "Send text" }).click();
  await reader.page.getByLabel("Your text").fill(ADDRESS);
  await reader.page.getByRole("button", { name: "Share it" }).click();
  const opens = reader.page.getByRole("link", { name: "Open example.org" });
  await expect(opens).toHaveAttribute("href", ADDRESS);
  await expect(opens).toHaveAttribute("rel", "noopener noreferrer");

  const text = sender.entry("Text");
  await sender.details("Text", /^Options$/);
  await text.getByRole("radio", { name: "At limits of its own" }).check();
  await text.getByLabel("Stop after so many people have everything").fill("1");
  await text.getByLabel("Stop at this time").focus();
  await sender.expectState("Text", "paused");
  await sender.reload();
  await sender.expectState("Text", "paused");
  await expect(text.getByText("This link has ended: as many people as you chose")).toBeVisible();
  await sender.press("Text", "Resume");
  await sender.expectState("Text", "seeding");
  await sender.details("Text", /^Options$/);
  await sender.press("Text", "End this link");
  await expectLegible(page);
  await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
  await sender.expectState("Text", "paused");
  await expect(text.getByText("This link has ended: you ended it")).toBeVisible();
});
