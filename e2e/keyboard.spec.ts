import type { Page } from "@playwright/test";
import { serveFakePage } from "./fake-page.ts";
import { MIB, randomFile, sha256, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

/** No part of the page is further away. */
const MAX_STEPS = 60;

test("the keyboard alone receives, chooses files, previews and saves", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  await writtenFile(folder, "Trip/notes.txt", "Bring the map.");
  const film = await randomFile(folder, "Trip/film.bin", MIB);
  const seeder = await openTab(context, tracker.url);
  await seeder.shareFolder(`${folder}/Trip`);
  await seeder.expectState("Trip", "seeding");
  const link = await seeder.shareLink("Trip");

  const tab = await openTab(await newPerson(), tracker.url);
  const { page } = tab;
  const entry = tab.entry("Trip");
  await tabTo(page, /^Got a link\? Paste it here/);
  await page.keyboard.insertText(link);
  await page.keyboard.press("Enter");
  await tab.expectState("Trip", "seeding");
  await expect(page.getByRole("status").filter({ hasText: "Trip is complete." })).toHaveCount(1);

  await tabTo(page, "Details");
  await page.keyboard.press("Enter");
  await tabTo(page, (await entry.getByRole("tab").first().textContent()) ?? "");
  const files = entry.getByRole("tab", { name: /files/ });
  while (!(await files.evaluate((one) => one === document.activeElement)))
    await page.keyboard.press("ArrowRight");
  await tabTo(page, "Preview notes.txt");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("Bring the map.");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Preview notes.txt" })).toBeFocused();

  await tabTo(page, /^film\.bin/, "Shift+Tab");
  await page.keyboard.press("Space");
  await expect(page.getByRole("checkbox", { name: "film.bin" })).not.toBeChecked();
  await page.keyboard.press("Space");
  await tabTo(page, "Save film.bin");
  const saved = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect(await sha256(await (await saved).path())).toBe(await sha256(film));
});

test("the keyboard alone shares, copies the link, pauses, changes settings and removes", async ({
  tracker,
  folder,
  newPerson,
}) => {
  const person = await newPerson();
  await person.grantPermissions(["clipboard-read", "clipboard-write"]);
  // Tests cannot answer the picker that gives handles. Without it the page opens the one of Firefox and Safari.
  await person.addInitScript(() => Reflect.deleteProperty(window, "showOpenFilePicker"));
  const tab = await openTab(person, tracker.url);
  const { page } = tab;
  const { keyboard } = page;

  for (const [name, key] of [
    ["first.bin", "Enter"],
    ["second.bin", "Space"],
  ] as const) {
    const asked = page.waitForEvent("filechooser"); // Listens by the time the button is reached.
    await tabTo(page, "Choose files");
    await keyboard.press(key);
    await (await asked).setFiles(await randomFile(folder, name, MIB));
    await tab.expectState(name, "seeding");
  }
  await tabTo(page, "Copy link");
  await keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Share link copied" })).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await tab.shareLink("second.bin"));

  await tabTo(page, "Pause");
  await keyboard.press("Space");
  await tab.expectState("second.bin", "paused");
  await expect(tab.entry("second.bin").getByRole("button", { name: "Resume" })).toBeFocused();
  await keyboard.press("Space");
  await tab.expectState("second.bin", "seeding");
  await expect(tab.entry("second.bin").getByRole("button", { name: "Pause" })).toBeFocused();

  await tabTo(page, "Settings");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, "As on this device");
  await keyboard.press("ArrowRight");
  await expect(page.locator(":root")).toHaveAttribute("data-theme", "light");
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Settings" })).toBeFocused();

  await tabTo(page, "Remove");
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("button", { name: "Cancel" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(tab.entry("second.bin").getByRole("button", { name: "Remove" })).toBeFocused();
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, "Remove it", "Shift+Tab");
  await keyboard.press("Enter");
  await expect(tab.entries).toHaveCount(1);
  await expect(page.getByRole("heading", { name: "first.bin" })).toBeFocused();
});

test("the keyboard alone opens a line of a long list, walks the tabs of its details, and acts on several torrents", async ({
  page,
}) => {
  const fake = await serveFakePage();
  await page.goto(`${fake.url}?scene=busy&still`);
  const { keyboard } = page;
  const button = (name: string) => page.getByRole("button", { name, exact: true });

  await page.getByRole("button", { name: /^Show more of Summer/ }).waitFor(); // The list loads after the page.
  await tabTo(page, /^Show more of Summer/);
  await keyboard.press("Enter");
  await expect(button("Less")).toBeFocused();
  await tabTo(page, "Details");
  await keyboard.press("Enter");
  await page.getByRole("tab").first().waitFor(); // Details load when they are first opened.
  await tabTo(page, "Overview");
  const tabs = page.getByRole("tab");
  for (let at = 1; at < (await tabs.count()); at++) {
    await keyboard.press("ArrowRight");
    await expect(tabs.nth(at)).toBeFocused();
    await expect(page.getByRole("tabpanel")).not.toBeEmpty();
    await expect(page.getByRole("tabpanel")).toHaveAccessibleName((await tabs.nth(at).textContent()) ?? "");
  }
  await keyboard.press("Home");
  await expect(tabs.first()).toBeFocused();
  await tabTo(page, "Less", "Shift+Tab");
  await keyboard.press("Enter");
  await expect(button("Less")).toHaveCount(0);
  await expectFocused(page, /^Show more of Summer/);

  for (const name of [/^Select Ảnh cưới/, /^Select quarterly/]) {
    await tabTo(page, name);
    await keyboard.press("Space");
  }
  await tabTo(page, "Select none", "Shift+Tab"); // Past the buttons of single torrents.
  await tabTo(page, "Pause", "Shift+Tab");
  await keyboard.press("Enter");
  await expect(page.locator('article[data-state="paused"]')).toHaveCount(4);
  await expect(button("Resume").first()).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.locator('article[data-state="paused"]')).toHaveCount(2);
  await tabTo(page, "Remove");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, /^Remove/, "Shift+Tab");
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Your files" })).toBeFocused();
  await fake.stop();
});

/** Presses a key until what is named so has the focus. Each step shows where the focus is. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < MAX_STEPS; step++) {
    await page.keyboard.press(key);
    const here = await page.evaluate(nameOfFocused);
    if (here === undefined) continue; // The browser's own controls come between the last and the first.
    await expectVisibleFocus(page);
    if (typeof name === "string" ? here === name : name.test(here)) return;
    passed.push(here);
  }
  throw new Error(`${name} is not among ${passed.join(", ")}`);
}

async function expectFocused(page: Page, name: RegExp): Promise<void> {
  await expect.poll(() => page.evaluate(nameOfFocused)).toMatch(name);
}

/** Undefined: nothing has the focus. */
function nameOfFocused(): string | undefined {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || focused === document.body) return undefined;
  const label = focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : undefined;
  const text = focused.getAttribute("aria-label") ?? label ?? focused.textContent;
  return (text ?? "").trim();
}

async function expectVisibleFocus(page: Page): Promise<void> {
  expect(await page.evaluate(shownFocus)).toBe("shown");
}

/** Whether what has the focus, or the label that stands for it, has an outline and lies in view. */
function shownFocus(): string {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement)) return "nothing has the focus";
  if (!focused.matches(":focus-visible")) return `${focused.outerHTML.slice(0, 200)} is not :focus-visible`;
  const label = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : [];
  const outlined = [focused, ...label, focused.parentElement].some((one) => {
    if (!(one instanceof HTMLElement) || one.getBoundingClientRect().width <= 1) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  });
  return outlined ? "shown" : `${focused.outerHTML.slice(0, 200)} has no outline`;
}
