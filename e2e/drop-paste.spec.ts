import { MIB, randomFile, sha256, torrentOf } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";

test("a dropped .torrent file and a dropped link start the download", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);

  const first = await openTab(await newPerson(), tracker.url);
  await drop(first, { name: "film.torrent", base64: (await torrentOf(path)).toString("base64") });
  await first.expectState(NAME, "seeding");

  const second = await openTab(await newPerson(), tracker.url);
  await drop(second, { text: await seeder.shareLink(NAME) });
  await second.expectState(NAME, "seeding");
});

test("a dropped file is shared", async ({ tracker, context, newPerson }) => {
  const seeder = await openTab(context, tracker.url);
  await drop(seeder, { name: "hello.txt", base64: Buffer.from("Xin chào 👋").toString("base64") });
  await seeder.expectState("hello.txt", "seeding");
  const leecher = await openTab(await newPerson(), await seeder.shareLink("hello.txt"));
  await leecher.expectState("hello.txt", "seeding");
});

test("a link pasted anywhere starts the download; other text is only asked about", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const person = await newPerson();
  await person.grantPermissions(["clipboard-read", "clipboard-write"]);
  const leecher = await openTab(person, tracker.url);
  const paste = async (text: string): Promise<void> => {
    await leecher.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await leecher.page.keyboard.press("ControlOrMeta+V");
  };
  await paste("a shopping list");
  await leecher.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await paste(await seeder.magnetLink(NAME));
  await leecher.expectState(NAME, "seeding");
  await expect(leecher.alert).toBeEmpty();
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

type Dropped = { readonly text: string } | { readonly name: string; readonly base64: string };

/** Does what the browser does when something is dropped onto the page. */
async function drop(tab: Tab, dropped: Dropped): Promise<void> {
  const transfer = await tab.page.evaluateHandle((given) => {
    const made = new DataTransfer();
    if ("text" in given) made.setData("text/plain", given.text);
    else
      made.items.add(
        new File([Uint8Array.from(atob(given.base64), (byte) => byte.charCodeAt(0))], given.name),
      );
    return made;
  }, dropped);
  await tab.page.locator("body").dispatchEvent("dragover", { dataTransfer: transfer });
  await tab.page.locator("body").dispatchEvent("drop", { dataTransfer: transfer });
}
