import { KIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { openTab, type Tab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "photo.jpg";

const openNearby = (tab: Tab): Promise<void> => tab.page.getByRole("heading", { name: "Nearby" }).click();

/** Switches it on, under this name. */
async function beNearby(tab: Tab, name: string): Promise<void> {
  const { page } = tab;
  await openNearby(tab);
  await page.getByLabel("Show this device to people nearby").check();
  await page.getByRole("button", { name: "Change the name" }).click();
  await page.getByLabel("Name of this device").fill(name);
  await page.getByRole("button", { name: "Done" }).click();
}

const person = (tab: Tab, name: string) => tab.page.locator(".people li").filter({ hasText: name });

test("people nearby see each other by name once they want to, and send files with one tap to one or to all", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, 300 * KIB);
  const linh = await openTab(context, tracker.url);
  const tuan = await openTab(await newPerson(), tracker.url);
  const mai = await openTab(await newPerson(), tracker.url);
  await beNearby(linh, "Linh’s laptop");
  await expect(linh.page.getByText("Nobody else is here yet")).toBeVisible();
  await beNearby(tuan, "Tuấn’s phone");
  await expect(person(linh, "Tuấn’s phone")).toBeVisible();
  await expect(person(tuan, "Linh’s laptop")).toBeVisible();
  await expect(mai.page.locator(".people li")).toHaveCount(0); // She has not joined.

  const unencrypted = linh.page.getByText("What you send here is not encrypted");
  await expect(unencrypted).toHaveCount(0);
  await linh.page.getByLabel("Encrypt with a key in the link").check();
  await expect(unencrypted).toBeVisible();
  await linh.page.getByLabel("Send files to Tuấn’s phone").setInputFiles(path);
  const question = tuan.page.getByRole("dialog", { name: "Somebody nearby has something for you" });
  await expect(question).toContainText(`Linh’s laptop wants to send you ${NAME}`);
  await expectLegible(tuan.page);
  await expect(person(linh, "Tuấn’s phone")).toContainText("Waiting for an answer");
  await question.getByRole("button", { name: "Accept" }).click();
  await tuan.expectState(NAME, "seeding");
  expect(await sha256(await tuan.save(NAME))).toBe(await sha256(path));
  for (const tab of [linh, tuan]) expect(await tab.shareLink(NAME)).not.toContain("&k=");
  await expect(person(linh, "Tuấn’s phone")).toContainText(`Accepted ${NAME}`);

  await beNearby(mai, "Mai’s tablet");
  await expect(person(linh, "Mai’s tablet")).toBeVisible();
  await expectLegible(linh.page);
  await linh.entry(NAME).getByRole("button", { name: "Pause" }).click();
  await linh.expectState(NAME, "paused");
  await linh.page.getByLabel("Send files to Mai’s tablet").setInputFiles(path);
  await mai.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await linh.expectState(NAME, "seeding"); // Whoever sends something wants it to arrive.

  await mai.view("Catalog"); // She is asked wherever she is.
  await linh.page.getByRole("button", { name: "Send text to Everybody here" }).click();
  await linh.page.getByLabel("Your text").fill("Lunch at noon");
  await linh.page.getByRole("button", { name: "Share it" }).click();
  for (const tab of [tuan, mai]) {
    await expect(tab.page.getByRole("dialog")).toContainText("Linh’s laptop wants to send you Text");
    await tab.page
      .getByRole("dialog")
      .getByRole("button", { name: tab === mai ? "Decline" : "Accept" })
      .click();
  }
  await expect(tuan.entry("Text").getByLabel("Text", { exact: true })).toHaveValue("Lunch at noon");
  await expect(person(linh, "Mai’s tablet")).toContainText("Declined Text");
  await mai.view("Your files");
  await expect(mai.entries).toHaveCount(0);

  await mai.page.getByRole("button", { name: "Send text to Everybody here" }).click();
  await expect(mai.page.getByLabel("Your text")).toBeFocused();
  await mai.page.goBack(); // The dialog goes with the view in which it stands.
  await mai.view("Your files");

  await tuan.page.getByLabel("Show this device to people nearby").uncheck();
  await expect(person(linh, "Tuấn’s phone")).toHaveCount(0);
  await linh.reload(); // It is remembered.
  await expect(person(mai, "Linh’s laptop")).toBeVisible();
  await expect(person(linh, "Mai’s tablet")).toBeVisible();
});

test("a room by its code or link; a wrong code is told; one browser is one device", async ({
  tracker,
  context,
  newPerson,
}) => {
  const linh = await openTab(context, tracker.url);
  await openNearby(linh);
  await linh.page.getByText("On another network?").click();
  await linh.page.getByRole("button", { name: "Open a room" }).click();
  const code = (await linh.page.locator("#your-room-code").textContent()) ?? "";
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await expectLegible(linh.page);
  const link = await linh.page.getByLabel("Link to the room").inputValue();

  const tuan = await openTab(await newPerson(), tracker.url);
  const type = async (text: string): Promise<void> => {
    await tuan.page.getByLabel("Room code").fill(text);
    await tuan.page.getByRole("button", { name: "Join" }).click();
  };
  await openNearby(tuan);
  await tuan.page.getByText("On another network?").click();
  await type("nonsense!");
  await expect(tuan.alert.filter({ hasText: "eight letters and digits" })).toBeVisible();
  await type("0000-0000");
  await expect(tuan.alert.filter({ hasText: "No room has this code" })).toBeVisible();
  await type(code.toLowerCase());
  await expect(person(linh, "in your room")).toHaveCount(1);
  await expect(person(tuan, "in your room")).toHaveCount(1);
  const mai = await openTab(await newPerson(), link.replace(/^http:\/\/[^/]+/, new URL(tracker.url).origin));
  await expect(person(mai, "in your room")).toHaveCount(2);
  await mai.page.getByRole("button", { name: "Leave the room" }).click();
  await expect(person(linh, "in your room")).toHaveCount(1);
  await mai.reload(); // She has left for good.
  await mai.page.goto(link.replace(/^http:\/\/[^/]+/, new URL(tracker.url).origin).slice(0, -1));
  await expect(mai.alert.filter({ hasText: "The link to the room is not whole" })).toBeVisible();
  await expect(person(linh, "in your room")).toHaveCount(1);

  await linh.page.getByLabel("Show this device to people nearby").check();
  const again = await openTab(context, tracker.url);
  await tuan.page.getByLabel("Show this device to people nearby").check();
  await expect(again.page.locator(".people strong")).toHaveCount(1);
  await expect(tuan.page.locator(".people strong")).toHaveCount(2); // In the room, and on the network once.
  await expect(linh.page.getByText("Another tab of this browser")).toBeVisible();
  await again.page.goto("about:blank"); // From a window beside it.
  await expect(linh.page.getByText("Another tab of this browser")).toHaveCount(0);
  await expect(tuan.page.locator(".people strong")).toHaveCount(2);
});

test("a tracker that does not want it shows nothing of it", async ({ newPerson }) => {
  const tracker = await runTracker("--no-nearby");
  try {
    const tab = await openTab(await newPerson(), tracker.url);
    await expect(tab.page.getByRole("heading", { name: "Nearby" })).toHaveCount(0);
  } finally {
    await tracker.stop();
  }
});
