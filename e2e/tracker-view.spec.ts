import { KIB, MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

test("the view of the tracker shows its swarms, who is in a published one, and what it does", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, "film.bin", MIB));
  await seeder.publish("film.bin", "");
  await seeder.share(await randomFile(folder, "secret.bin", KIB));
  await seeder.expectState("secret.bin", "seeding");
  const leecher = await openTab(await newPerson(), await seeder.shareLink("film.bin"));
  await leecher.expectState("film.bin", "seeding");

  const { page } = leecher;
  await leecher.view("This tracker");
  const figures = page.locator(".figures");
  await expect(figures).toContainText(/Swarms\s*2/);
  await expect(figures).toContainText(/Peers\s*3/);
  const film = page.getByRole("listitem").filter({ hasText: "film.bin" });
  await expect(film).toContainText("2 seeders, 0 leechers");
  await expect(page.getByText("… and 1 more swarm, smaller or not in the catalog")).toBeVisible();
  await expect(page.getByText("secret.bin")).toBeHidden();
  await expect(page.getByRole("table", { name: "Nodes" }).getByRole("row")).toHaveCount(2);

  await film.getByRole("button", { name: "Peers" }).click();
  const peers = film.getByRole("row", { name: "Browser" });
  await expect(peers).toHaveCount(2);
  await expect(peers.first()).toContainText(/seeder.*(free|busy).*just now/);

  // It goes on by itself.
  await seeder.page.close();
  await expect(film).toContainText("1 seeder, 0 leechers");
  await expect(peers).toHaveCount(1);
});
