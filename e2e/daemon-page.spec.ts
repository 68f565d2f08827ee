import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { openSeeder, Tab } from "./tab.ts";

const NAME = "film.bin";
const OTHER = "1".repeat(40);

test("the page of a daemon asks for its token, downloads, controls and removes, and goes on after the daemon was restarted", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 4 * MIB));
  const link = await seeder.shareLink(NAME);
  const out = join(folder, "out");
  const start = async (state: string, api: string) => {
    const words = ["--page", "--state", join(folder, state), "--out", out, "--api", api];
    const daemon = new RunningCommand(
      "daemon",
      ...words,
      "--tracker",
      tracker.url,
      "--port",
      "0",
      "--no-lsd",
    );
    return { daemon, address: new URL(String((await daemon.line("listening"))["page"])) };
  };
  const first = await start("state", "127.0.0.1:0");
  const { host, origin, hash } = first.address;

  const person = await newPerson({ serviceWorkers: "allow" });
  const page = await person.newPage();
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  const tab = new Tab(page);
  const token = page.getByRole("textbox", { name: "Token" });
  await page.goto(origin);
  await token.fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await expect(page.getByText("The daemon does not know this token.")).toBeVisible();
  await expect(page.getByRole("main")).toHaveCSS("opacity", "1"); // A page that is not ready hides its list.
  await expectLegible(page);
  await page.goto(first.address.href);
  await page.reload(); // Only its `#` was different. After this the tab knows the token, too.
  await tab.ready();
  expect(page.url()).toBe(`${origin}/`);

  await tab.download(link);
  await tab.expectState(NAME, "seeding");
  await expect(tab.entry(NAME).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "100");
  await expect(tab.entry(NAME)).toContainText(`The files are on the daemon's machine, in ${out}`);
  expect(await sha256(join(out, NAME))).toBe(await sha256(join(folder, NAME)));
  expect(await tab.shareLink(NAME)).toContain(tracker.url);
  await tab.details(NAME, /file/);
  const saved = page.waitForEvent("download");
  await tab.press(NAME, `Save ${NAME}`);
  expect(await sha256(await (await saved).path())).toBe(await sha256(join(folder, NAME)));
  await tab.press(NAME, `Preview ${NAME}`);
  await expect(page.getByRole("dialog")).toContainText("neither a picture nor text");
  await page.keyboard.press("Escape");
  await tab.press(NAME, "Pause");
  await tab.expectState(NAME, "paused");
  await tab.press(NAME, "Resume");
  await tab.expectState(NAME, "seeding");

  await page.evaluate((link) => location.assign(`#${link}`), `${OTHER}&dn=Unknown`);
  await tab.expectState("Unknown", "metadata");
  const own = join(folder, "tone.wav");
  await writeFile(own, toneOf(MIB));
  await page.getByLabel("Path of a file or folder there").fill(own);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await tab.expectState("tone.wav", "seeding");
  await tab.entry("tone.wav").getByRole("button", { name: "Play tone.wav" }).first().click();
  const player = page.getByRole("dialog").locator("audio");
  await expect
    .poll(() => player.evaluate((audio: HTMLAudioElement) => audio.currentTime))
    .toBeGreaterThan(0.5);
  await page.keyboard.press("Escape");
  await tab.details("tone.wav", /Pieces/);
  await expect(tab.entry("tone.wav")).toContainText("16 of 16 pieces here.");
  await tab
    .entry("tone.wav")
    .getByRole("tab", { name: /tracker/ })
    .click();
  await tab.entry("tone.wav").getByLabel("Address of another tracker").fill("http://127.0.0.1:9/announce");
  await tab.press("tone.wav", "Add");
  await expect(tab.entry("tone.wav").getByRole("tab", { name: "2 trackers" })).toBeVisible();
  await expectLegible(page);

  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("dialog").getByLabel("Send at most").fill("500 kB/s");
  await page.getByRole("button", { name: "Done" }).click();
  const authorization = `Bearer ${hash.replace("#token=", "")}`;
  const limits = (): Promise<unknown> =>
    page.request.get(`${origin}/api/limits`, { headers: { authorization } }).then((answer) => answer.json());
  await expect.poll(limits).toEqual({ rateUp: 500_000 });

  first.daemon.kill();
  await expect(page.getByText("The daemon does not answer.")).toBeVisible();
  const second = await start("state", host);
  await expect(page.getByText("The daemon does not answer.")).toHaveCount(0);
  await expect(tab.entries).toHaveCount(3);
  await tab.remove(NAME, "Remove and delete files");
  await expect(tab.entry(NAME)).toHaveCount(0);
  await expect
    .poll(() =>
      access(join(out, NAME)).then(
        () => "there",
        () => "gone",
      ),
    )
    .toBe("gone");

  expect(await second.daemon.stop()).toBe(0);
  await start("another state", host);
  await expect(token).toBeVisible();
  await expect(tab.entries.first()).toBeHidden();

  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  expect(loaded.filter((url) => /engine-worker|sw\.js|manifest/.test(url))).toEqual([]);
});

/** A sound that any browser plays: so many bytes of WAV, 8,000 samples of a byte each in a second. */
function toneOf(bytes: number): Buffer {
  const sound = Buffer.alloc(bytes, 128);
  for (let at = 44; at < bytes; at += 18) sound.fill(140, at, at + 9);
  sound.write("RIFF", 0);
  sound.writeUInt32LE(bytes - 8, 4);
  sound.write("WAVEfmt ", 8);
  sound.writeUInt32LE(16, 16);
  sound.writeUInt16LE(1, 20); // PCM
  sound.writeUInt16LE(1, 22); // One channel
  sound.writeUInt32LE(8_000, 24);
  sound.writeUInt32LE(8_000, 28);
  sound.writeUInt16LE(1, 32);
  sound.writeUInt16LE(8, 34);
  sound.write("data", 36);
  sound.writeUInt32LE(bytes - 44, 40);
  return sound;
}
