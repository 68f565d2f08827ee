import { join } from "node:path";
import { KIB, MIB, randomFile, sha256 } from "./files.ts";
import { expect, test as withoutAccounts } from "./fixtures.ts";
import { isSqliteMissing, NO_SQLITE } from "./sqlite.ts";
import { openTab, type Tab } from "./tab.ts";
import { type RunningTracker, runTracker } from "./tracker.ts";

const NAME = "film.bin";
const PASSWORD = "correct horse battery";

const test = withoutAccounts.extend<{ tracker: RunningTracker }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  tracker: async ({}, use) => {
    const tracker = await runTracker("--accounts");
    await use(tracker);
    await tracker.stop();
  },
});

async function share(tab: Tab, path: string): Promise<void> {
  await tab.view("Your files");
  await tab.share(path);
  await tab.expectState(NAME, "seeding");
}

test("a guest who opens a link logs in, and the download goes on by itself", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openTab(context, tracker.url);
  await expect(seeder.page.getByRole("main")).not.toContainText("Log in to go on"); // Nothing waits for it yet.
  await seeder.register("linh", PASSWORD);
  await share(seeder, path);
  await seeder.publish(NAME, "");

  const guest = await openTab(await newPerson(), await seeder.shareLink(NAME));
  await guest.expectState(NAME, "metadata");
  const panel = guest.page.getByRole("region", { name: "Log in to go on" });
  await expect(panel.getByLabel("Name", { exact: true })).toHaveAttribute("autocomplete", "username");
  await expect(panel.getByLabel("Password", { exact: true })).toHaveAttribute(
    "autocomplete",
    "current-password",
  );
  await expect(guest.entry(NAME).getByRole("button", { name: "Show in the catalog" })).toBeHidden();
  await guest.logIn("linh", "wrong password");
  await expect(panel).toContainText("The name or the password is wrong.");
  await guest.logIn("linh", PASSWORD);
  await guest.expectState(NAME, "seeding");
  expect(await sha256(await guest.save(NAME))).toBe(await sha256(path));
  await expect(panel).toBeHidden();

  // The catalog is for people with an account.
  await guest.view("linh");
  await guest.page.getByRole("button", { name: "Log out" }).click();
  await guest.view("Catalog");
  await expect(guest.page.getByRole("heading", { level: 1 })).toHaveText("Log in");
  await guest.logIn("linh", PASSWORD);
  await guest.page.getByRole("link", { name: NAME }).click();
  await expect(guest.page.getByText("This .torrent will carry a key of yours")).toBeVisible();
});

test("keys are made, shown once, replaced and revoked; passwords change; accounts are deleted", async ({
  tracker,
  context,
}) => {
  const tab = await openTab(context, tracker.url);
  const { page } = tab;
  await tab.register("linh", PASSWORD);
  await expect(page.getByText("You have no keys.")).toBeVisible();
  await page.getByLabel("Name of a new key").fill("<b>seedbox</b>");
  await page.getByLabel("How long it works").selectOption("Expires in 30 days");
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = page.getByLabel("Key", { exact: true });
  await expect(key).toHaveValue(/^[a-z2-7]{32}$/);
  const first = await key.inputValue();
  await expect(page.getByLabel("Announce URL").first()).toHaveValue(new RegExp(`/announce/${first}$`));
  const row = page.getByRole("listitem").filter({ hasText: "<b>seedbox</b>" });
  await expect(row).toContainText(/Never used · made just now · expires in (29|30) days/);

  await row.getByRole("button", { name: "Replace" }).click();
  await expect(key).not.toHaveValue(first);
  await expect(row).toHaveCount(2);
  await expect(row.first()).toContainText(/expires in (23 h|1 day)/);
  await row.first().getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toHaveCount(1);
  await page.reload();
  await expect(row).toBeVisible();
  await expect(key).toBeHidden();

  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByLabel("New password").fill("another long password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();

  await page.getByText("Delete this account").click();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("That is not your password.");
  await page.getByLabel("Your password").fill("another long password");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Log in");
  await tab.logIn("linh", "another long password");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("The name or the password is wrong.");
});

test("the code from the terminal makes an administrator, who bans, removes and closes registration", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const person = await newPerson();
  const other = await openTab(person, tracker.url);
  await other.register("mallory", PASSWORD);
  await share(other, await randomFile(folder, NAME, KIB));
  const membership = other.page.getByRole("navigation").getByRole("link", { name: "mallory" });

  // Another tab of the same browser logs out.
  const second = await openTab(person, `${tracker.url}#/account`);
  await second.page.getByRole("button", { name: "Log out" }).click();
  await expect(membership).toBeHidden();
  await expect(other.entry(NAME)).toContainText("It goes on as soon as you have logged in.");
  await expect(other.entry(NAME)).not.toContainText("refused");
  await second.logIn("mallory", PASSWORD);
  await expect(membership).toBeVisible();
  await expect(other.entry(NAME)).toContainText("Ready. Now send somebody the share link.");
  await second.page.close();

  const admin = await openTab(context, tracker.url);
  const { page } = admin;
  await admin.register("Ada", PASSWORD);
  await expect(page.getByRole("navigation").getByRole("link", { name: "Accounts" })).toHaveCount(0);
  await page.getByText("I run this tracker").click();
  await page.getByLabel("Code from its terminal").fill("wrong");
  await page.getByRole("button", { name: "Become an administrator" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("That code is wrong or was used.");
  await page.getByLabel("Code from its terminal").fill(tracker.adminCode ?? "");
  await page.getByRole("button", { name: "Become an administrator" }).click();
  await expect(page.getByText("You are an administrator of this tracker.")).toBeVisible();

  await admin.view("Accounts");
  const row = page.getByRole("listitem").filter({ hasText: "mallory" });
  await row.getByRole("button", { name: "Ban", exact: true }).click();
  await expect(row).toContainText("banned just now");
  await expect(other.alert.first()).toContainText("You are no longer logged in.");
  await other.logIn("mallory", PASSWORD);
  await expect(other.page.getByRole("main").getByRole("alert")).toContainText("Your account is banned.");
  await row.getByRole("button", { name: "Lift ban" }).click();
  await expect(row).not.toContainText("banned");
  await other.logIn("mallory", PASSWORD);
  await expect(membership).toBeVisible();
  await expect(other.entry(NAME)).toContainText("Ready. Now send somebody the share link.");
  await expect(other.page.getByText("You are no longer logged in.")).toBeHidden();

  const late = await openTab(await newPerson(), `${tracker.url}#/account`);
  await page.getByRole("button", { name: "Close registration" }).click();
  await expect(page.getByText("Closed: only people who have an account can log in.")).toBeVisible();
  await late.page.getByRole("button", { name: "Register instead" }).click();
  await expect(late.page.getByText("Registration is closed. Ask whoever runs this tracker")).toBeVisible();

  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
  await expect(membership).toBeHidden();
});

withoutAccounts(
  "log-ins, the catalog and downloads go on when the tracker restarts",
  async ({ folder, context, newPerson }) => {
    withoutAccounts.skip(isSqliteMissing(), NO_SQLITE);
    const flags = ["--accounts", "--data", join(folder, "data")];
    const before = await runTracker(...flags);
    const path = await randomFile(folder, NAME, 8 * MIB);
    const seeder = await openTab(context, before.url);
    await seeder.register("linh", PASSWORD);
    await share(seeder, path);
    await seeder.publish(NAME, "");
    const leecher = await openTab(await newPerson(), before.url);
    await leecher.register("tuan", PASSWORD);
    await leecher.slowDown(MIB);
    await leecher.view("Catalog");
    await leecher.page.getByRole("link", { name: NAME }).click();
    await leecher.page.getByRole("button", { name: "Download", exact: true }).click();
    await leecher.expectState(NAME, "downloading");
    await before.stop();

    const after = await runTracker(...flags, "--port", `${before.port}`);
    try {
      await leecher.reload(); // In mid-download, and so that it needs the tracker to go on.
      await leecher.expectState(NAME, "seeding");
      expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
      await leecher.view("Catalog");
      await expect(leecher.page.getByRole("listitem").filter({ hasText: NAME })).toContainText("by linh");
      await expect(leecher.page.getByRole("navigation").getByRole("link", { name: "tuan" })).toBeVisible();
    } finally {
      await after.stop();
    }
  },
);
