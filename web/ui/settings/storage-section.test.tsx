// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { Client } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import type { Scene } from "../../engine/fake-scenes.ts";
import { StorageSection } from "./storage-section.tsx";

async function shown(scene: Scene, change: Partial<Client> = {}) {
  const client = createFakeClient(scene);
  const page = document.createElement("div");
  document.body.replaceChildren(page);
  await act(async () => render(<StorageSection client={{ ...client, ...change }} />, page));
  const press = (name: RegExp) =>
    act(async () => {
      const button = Array.from(page.querySelectorAll("button")).find((one) =>
        name.test(one.getAttribute("aria-label") ?? one.textContent ?? ""),
      );
      if (button === undefined) throw new Error(`no button ${name}`);
      button.focus();
      button.click();
    });
  const rows = () => Array.from(page.querySelectorAll("li > span"), ({ textContent }) => textContent);
  return { client, page, press, rows };
}

test("the figures name every download, how much it takes, and what the browser counts", async () => {
  const { page, rows } = await shown("few");
  expect(page.textContent).toContain(
    "5 downloads take 2.7 GB. With the page itself, the browser counts 2.7 GB of the 60.0 GB that it allows.",
  );
  expect(rows()[0]).toBe("Summer by the lake (director’s cut).mp4 1.2 GB, not complete.");
  expect(rows()).toContain("Slides.zip 48.0 MB, complete and saved, no longer in your list.");
  expect(rows()).toContain("Concert 2023 910 MB, in the list of another tab or of one that you have closed.");
  expect(page.querySelector("[aria-label*='Concert']")).toBeNull();
});

test("deleting says first what goes and what stays; afterwards the figures are true, and the focus is on them", async () => {
  const { client, page, press, rows } = await shown("few");
  await press(/stored of Old talk/);
  expect(page.querySelector(".asking")?.textContent).toContain(
    "This deletes 512 MB. You have not saved it: to keep the file, cancel and open its link once more.",
  );
  expect(document.activeElement?.textContent).toBe("Cancel");
  await press(/Cancel/);
  expect(document.activeElement?.getAttribute("aria-label")).toContain("Old talk");
  expect(rows()).toHaveLength(5);

  await press(/stored of Summer/);
  expect(page.querySelector(".asking")?.textContent).toContain(
    "This takes it out of your list and deletes 1.2 GB. Its link starts the download anew.",
  );
  await press(/Delete it/);
  await eventually(() => expect(rows()).toHaveLength(4));
  expect(client.entries.value).toHaveLength(2);
  expect(document.activeElement?.tagName).toBe("P");
  expect(document.activeElement?.textContent).toContain("4 downloads take 1.5 GB.");
  const said = () => page.querySelector("[role=status]")?.textContent;
  await eventually(() => expect(said()).toBe("1.2 GB are free again."));
});

test("what is in no list goes all at once, and the list stays", async () => {
  const { client, page, press, rows } = await shown("few");
  await press(/Delete all 2 that are no longer in your list \(560 MB\)/);
  expect(page.querySelector(".asking")?.textContent).toContain("Your list stays as it is");
  expect(page.querySelector(".asking")?.textContent).toContain("1 is complete and not saved.");
  await press(/Delete them/);
  await eventually(() => expect(rows()).toHaveLength(3));
  expect(client.entries.value).toHaveLength(3);
});

test("of many downloads the largest come first, and the others on request", async () => {
  const { press, rows } = await shown("many");
  expect(rows()).toHaveLength(8);
  await press(/Show \d+ more/);
  expect(rows().length).toBeGreaterThan(100);
});

test("the section says so when nothing is stored, nothing can be, or nothing came free", async () => {
  expect((await shown("empty")).page.textContent).toContain("No download is stored.");
  const none = await shown("empty", { storageUse: async () => undefined });
  expect(none.page.textContent).toContain("This browser lets the page store nothing.");
  const failing = await shown("few", { freeStorage: async () => "The disk is on fire." });
  await failing.press(/stored of Slides/);
  await failing.press(/Delete it/);
  const alert = () => failing.page.querySelector("[role=alert]")?.textContent;
  await eventually(() => expect(alert()).toBe("The disk is on fire."));
});
