// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { createFakeClient, type FakeClient } from "../engine/fake.ts";
import type { Scene } from "../engine/fake-scenes.ts";
import { App } from "./app.tsx";

let page: HTMLElement;
let client: FakeClient;

beforeAll(() => vi.dynamicImportSettled()); // The cards' code, as in a page that has been open for a moment.
beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => {
  render(null, page);
  page.remove();
  location.hash = "";
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function open(scene: Scene): Promise<void> {
  client = createFakeClient(scene);
  await act(() => render(<App client={client} />, page));
}

/** The long list, which is compact at first, as cards. */
async function openCards(): Promise<void> {
  await open("busy");
  await click(button("Compact list"));
}

/** Finds an element as people and assistive technology do: by its label. */
const text = (element: Element): string => (element.textContent ?? "").replace(/\s+/g, " ").trim();
const all = <Kind extends Element = HTMLElement>(selector: string, within: Element = page): Kind[] =>
  Array.from(within.querySelectorAll<Kind>(selector));
const articles = (): HTMLElement[] => all("article");

function article(name: string): HTMLElement {
  const found = articles().find((one) => text(one.querySelector("h3") ?? one).includes(name));
  if (found === undefined) throw new Error(`no article called ${name}`);
  return found;
}

function button(name: string, within: Element = page): HTMLButtonElement {
  const isNamed = (one: Element): boolean => (one.getAttribute("aria-label") ?? text(one)) === name;
  const found = all<HTMLButtonElement>("button", within).find(isNamed);
  if (found === undefined) throw new Error(`no button called ${name}`);
  return found;
}

function labelled(name: string, within: Element = page): HTMLInputElement {
  const label = all<HTMLLabelElement>("label", within).find((one) => text(one).includes(name));
  const input = label?.htmlFor ? document.getElementById(label.htmlFor) : label?.querySelector("input");
  if (!(input instanceof HTMLInputElement)) throw new Error(`no input labelled ${name}`);
  return input;
}

/** Clicks, then lets everything settle that needs no passing of time. */
const click = (element: HTMLElement): Promise<void> =>
  act(async () => {
    element.click();
    await new Promise((resolve) => setImmediate(resolve));
  });
const titles = (): string[] => all("article h3").map(text);

function withPath(name: string, path = ""): File {
  const file = new File(["data"], name);
  Object.defineProperty(file, "webkitRelativePath", { value: path });
  return file;
}

/** Does what a browser does once a person has chosen files. */
async function choose(input: HTMLInputElement, files: readonly File[]): Promise<void> {
  Object.defineProperty(input, "files", { value: files, configurable: true });
  await act(async () => {
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

async function type(box: HTMLInputElement, typed: string): Promise<void> {
  box.value = typed;
  await act(async () => {
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function submit(box: HTMLInputElement): Promise<void> {
  await act(async () => {
    box.form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
}

async function transfer(
  type: "drop" | "paste",
  target: EventTarget,
  files: readonly File[],
  plain = "",
): Promise<Event> {
  const data = {
    types: files.length > 0 ? ["Files"] : ["text/plain"],
    items: files.map((file) => ({ kind: "file", getAsFile: () => file })),
    getData: (kind: string) => (kind === "text/plain" ? plain : ""),
  };
  const event = new Event(type, { bubbles: true, cancelable: true });
  Object.assign(event, { dataTransfer: data, clipboardData: data });
  await act(async () => {
    target.dispatchEvent(event);
  });
  return event;
}

describe("labels that people and programs rely on", () => {
  test("the page has both file inputs, the link box and its button", async () => {
    await open("empty");
    expect(labelled("Choose files").type).toBe("file");
    expect(labelled("Choose files").multiple).toBe(true);
    expect(labelled("Choose a folder").hasAttribute("webkitdirectory")).toBe(true);
    expect(labelled("Magnet link or info-hash").type).toBe("text");
    expect(button("Download").type).toBe("submit");
  });

  test("a torrent is an article with its state, hash, and first its progress bar", async () => {
    await open("few");
    const film = article("Summer by the lake");
    expect(film.dataset).toMatchObject({
      state: "downloading",
      infohash: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    const bar = film.firstElementChild;
    expect(bar?.getAttribute("role")).toBe("progressbar");
    expect(bar?.getAttribute("aria-valuenow")).toBe("62");
    for (const name of ["Copy link", "Copy magnet", "Pause", "Remove", "Details"]) button(name, film);
    expect(labelled("Magnet link", film).value).toMatch(/^magnet:\?xt=urn:btih:[0-9a-f]{40}&/);
    expect(labelled("Share link", film).value).toMatch(/#[0-9a-f]{40}&/);
    expect(labelled("Share link", film).readOnly).toBe(true);
  });

  test("every state has the right buttons", async () => {
    await openCards();
    const states = new Map(articles().map((one) => [one.dataset["state"], one]));
    expect([...states.keys()].sort()).toEqual(
      ["checking", "downloading", "error", "hashing", "metadata", "needs-file", "paused", "seeding"].sort(),
    );
    const hashing = article("Backup");
    expect(hashing.hasAttribute("data-infohash")).toBe(false);
    expect(all("button", hashing).map(text)).toEqual(["Remove"]);
    button("Resume", article("Field recordings"));
    button("Resume", article("Family videos"));
    button("Continue sharing", article("Thesis"));
    button("Save", article("quarterly-review"));
    button("Save to folder", article("quarterly-review"));
  });

  test("names are shown as text, even names that look like HTML", async () => {
    await open("busy");
    expect(all("article b")).toEqual([]);
    expect(titles()).toContain("<b>not bold</b> & co.html");
  });
});

describe("adding", () => {
  test("the page shares chosen files and adds a chosen .torrent", async () => {
    await open("empty");
    await choose(labelled("Choose files"), [withPath("a.txt"), withPath("b.txt")]);
    expect(titles()).toEqual(["a.txt and 1 more"]);
    expect(articles()[0]?.dataset["state"]).toBe("hashing");
    await choose(labelled("Choose files"), [withPath("film.torrent")]);
    expect(articles()[0]?.dataset["state"]).toBe("metadata");
    expect(titles()[0]).toBe("film");
  });

  test("files of a chosen folder keep their paths", async () => {
    await open("empty");
    const share = vi.spyOn(client, "share");
    await choose(labelled("Choose a folder"), [
      withPath("1.jpg", "Trip/day 1/1.jpg"),
      withPath("x.torrent", "Trip/x.torrent"),
    ]);
    expect(share.mock.calls[0]?.[0].map((file) => file.path)).toEqual(["Trip/day 1/1.jpg", "Trip/x.torrent"]);
    expect(titles()).toEqual(["Trip"]);
  });

  test("choosing an empty folder gets a sentence", async () => {
    await open("empty");
    await choose(labelled("Choose a folder"), []);
    expect(text(all('[role="alert"]')[0] ?? page)).toMatch(/That contained no files/);
    expect(titles()).toEqual([]);
  });

  test("the page shares files dropped anywhere on it", async () => {
    await open("empty");
    const event = await transfer("drop", document.body, [withPath("dropped.mp4")]);
    expect(event.defaultPrevented).toBe(true);
    await eventually(() => expect(titles()).toEqual(["dropped.mp4"]));
  });

  test("a drop onto a view shows the list with what was dropped", async () => {
    location.hash = "#/catalog";
    await open("empty");
    const home = all("main.work")[0];
    expect(home?.hidden).toBe(true);
    await transfer("drop", document.body, [withPath("dropped.mp4")]);
    await act(async () => {
      window.dispatchEvent(new Event("hashchange"));
    });
    expect(home?.hidden).toBe(false);
    await eventually(() => expect(titles()).toEqual(["dropped.mp4"]));
  });

  test("the page adds a dropped link", async () => {
    await open("empty");
    await transfer("drop", document.body, [], `magnet:?xt=urn:btih:${"a".repeat(40)}&dn=Dropped`);
    expect(titles()).toEqual(["Dropped"]);
  });

  test("text dropped into the link box goes into the box", async () => {
    await open("empty");
    const event = await transfer("drop", labelled("Magnet link or info-hash"), [], "a".repeat(40));
    expect(event.defaultPrevented).toBe(false);
    expect(titles()).toEqual([]);
  });

  test("text pasted into a view's boxes stays there", async () => {
    await open("empty");
    for (const box of [document.createElement("textarea"), document.createElement("input")]) {
      if (box instanceof HTMLInputElement) box.type = "search";
      page.append(box);
      const event = await transfer(
        "paste",
        box,
        [],
        `magnet:?xt=urn:btih:${"b".repeat(40)}&dn=Pasted\nand more`,
      );
      expect(event.defaultPrevented).toBe(false);
      box.remove();
    }
    expect(titles()).toEqual([]);
  });

  test("the page shares pasted files, but text stays in a box, with the picture of it that office programs copy along", async () => {
    await open("empty");
    const box = page.appendChild(document.createElement("textarea"));
    const ofText = await transfer("paste", box, [withPath("image.png")], "Total\t42");
    expect(ofText.defaultPrevented).toBe(false);
    expect(titles()).toEqual([]);
    box.remove();
    for (const [at, target] of [document.body, labelled("Magnet link or info-hash")].entries()) {
      const ofFile = await transfer("paste", target, [withPath(`pasted${at}.png`)], `pasted${at}.png`);
      expect(ofFile.defaultPrevented).toBe(true);
      await eventually(() => expect(titles()).toContain(`pasted${at}.png`));
    }
  });

  test("the page adds a magnet link pasted outside the box, and ignores other text", async () => {
    await open("empty");
    await transfer("paste", document.body, [], "just words");
    expect(titles()).toEqual([]);
    await transfer("paste", document.body, [], `magnet:?xt=urn:btih:${"b".repeat(40)}&dn=Pasted`);
    expect(titles()).toEqual(["Pasted"]);
  });

  test("the link box adds the typed link and empties itself", async () => {
    await open("empty");
    const box = labelled("Magnet link or info-hash");
    await type(box, ` ${"c".repeat(40)} `);
    const addTyped = vi.spyOn(client, "addTyped");
    await submit(box);
    expect(addTyped).toHaveBeenCalledWith("c".repeat(40));
    expect(box.value).toBe("");
    expect(titles()).toHaveLength(1);
  });

  test("a text that is no link stays in the box, with the reason under it until it changes", async () => {
    await open("empty");
    const box = labelled("Got a link? Paste it here");
    expect(labelled("Magnet link or info-hash")).toBe(box);
    await type(box, "hello");
    box.focus();
    await submit(box);
    expect(box.value).toBe("hello");
    expect(document.activeElement).toBe(box);
    expect(box.getAttribute("aria-invalid")).toBe("true");
    const reason = document.getElementById(box.getAttribute("aria-describedby") ?? "");
    expect(reason?.getAttribute("role")).toBe("alert");
    expect(text(reason ?? page)).toMatch(/not a magnet link/);
    expect(all(".notice")).toEqual([]);

    await type(box, "hello ");
    expect(box.getAttribute("aria-invalid")).toBe("false");
    expect(text(page)).not.toMatch(/not a magnet link/);
  });

  test("a bad link shows a sentence that the person can dismiss", async () => {
    await open("empty");
    await act(async () => client.addLink("hello"));
    expect(text(all('[role="alert"]')[0] ?? page)).toMatch(/not a magnet link/);
    await click(button("Dismiss"));
    expect(text(all('[role="alert"]')[0] ?? page)).toBe("");
  });

  test("the page opens the link in its address, and follows when it changes", async () => {
    location.hash = `#${"d".repeat(40)}&dn=First`;
    await open("empty");
    expect(titles()).toEqual(["First"]);
    location.hash = `#${"e".repeat(40)}&dn=Second`;
    await act(async () => {
      window.dispatchEvent(new Event("hashchange"));
    });
    expect(titles()[0]).toBe("Second");
  });
});

describe("a file that the page needs again", () => {
  test("comes from the card's own input", async () => {
    await openCards();
    const supply = vi.spyOn(client, "supplyFiles");
    await choose(labelled("Select the files again", article("String quartet")), [withPath("Score.pdf")]);
    expect(supply.mock.calls[0]?.[1].map((file) => file.path)).toEqual(["Score.pdf"]);
    expect(article("String quartet").dataset["state"]).toBe("checking");
  });

  test("comes from a drop on its card, and is not shared as another torrent", async () => {
    await open("busy");
    const count = articles().length;
    await transfer("drop", article("String quartet"), [withPath("Score.pdf")]);
    await eventually(() => expect(article("String quartet").dataset["state"]).toBe("checking"));
    expect(articles()).toHaveLength(count);
  });
});

describe("copying", () => {
  test("shows in the button, is read aloud, and then the button is ready again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writeText = vi.fn(async (_text: string) => {});
    vi.stubGlobal("navigator", { languages: ["en"], clipboard: { writeText } });
    await open("few");
    const film = article("Summer by the lake");
    await click(button("Copy link", film));
    expect(writeText).toHaveBeenCalledWith(labelled("Share link", film).value);
    button("Copied", film);
    expect(all('[role="status"]', film).map(text)).toContain("Share link copied");
    await act(async () => {
      vi.advanceTimersByTime(3000);
    });
    button("Copy link", film);
  });

  test("explains how to copy by hand when the browser forbids it", async () => {
    vi.stubGlobal("navigator", { languages: ["en"] });
    Object.defineProperty(document, "execCommand", { value: () => false, configurable: true });
    await open("few");
    const film = article("Summer by the lake");
    await click(button("Copy magnet", film));
    expect(text(film)).toMatch(/press Ctrl\+C/);
  });
});

describe("the links of a card", () => {
  test("what somebody has just shared shows its whole link and its QR code; what was shared before does not", async () => {
    await open("few");
    await choose(labelled("Choose files"), [withPath("Score.pdf")]);
    await act(async () => client.advance(1));
    const fresh = article("Score.pdf");
    await eventually(() => expect(all('[aria-label="QR code"]', fresh)).toHaveLength(1));
    expect(all<HTMLTextAreaElement>("textarea", fresh).map(({ value }) => value)).toEqual([
      client.entries.value.flatMap((entry) => (entry.state === "hashing" ? [] : entry.shareLink))[0],
    ]);
    expect(all("textarea, svg[role=img]", article("Linh"))).toEqual([]);
  });

  test("More has the magnet link, the info-hash, the .torrent file and the QR code", async () => {
    await open("few");
    const film = article("Summer by the lake");
    const more = (): HTMLElement => all(".more-links", film)[0] as HTMLElement;
    expect(more().hidden).toBe(true);
    await click(button("More", film));
    expect(more().hidden).toBe(false);
    expect(labelled("Info-hash", film).value).toBe(film.dataset["infohash"]);
    expect(labelled("Magnet link", film).value).toContain(film.dataset["infohash"]);
    await eventually(() => expect(all("svg[role=img]", more())).toHaveLength(1));
    const save = vi.spyOn(client, "saveTorrentFile");
    await click(button("Export .torrent file", film));
    expect(save).toHaveBeenCalledOnce();
  });

  test("the link goes to the device's own share sheet, where there is one", async () => {
    const share = vi.fn(async (_data: ShareData) => {});
    vi.stubGlobal("navigator", { languages: ["en"], share });
    await open("few");
    await choose(labelled("Choose files"), [withPath("Score.pdf")]);
    await act(async () => client.advance(1));
    await click(button("Share…", article("Score.pdf")));
    const link = all<HTMLTextAreaElement>("textarea", article("Score.pdf"))[0]?.value;
    expect(share).toHaveBeenCalledWith({ title: "Score.pdf, shared with Tabswarm", url: link });
  });
});

test("whoever opens a link finds the download above everything else", async () => {
  location.hash = `#${"a".repeat(40)}&dn=Film`;
  await open("empty");
  await eventually(() => expect(titles()).toEqual(["Film"]));
  const [list, start] = all("main > *");
  expect([list?.className, start?.className]).toEqual(["list", "start"]);
});

test("the page has the theme and the text size of the settings", async () => {
  await open("empty");
  const { documentElement: root } = document;
  expect([root.dataset["theme"], root.style.fontSize]).toEqual(["auto", "100%"]);
  await act(() => client.changeSettings({ theme: "dark", textPercent: 115 }));
  expect([root.dataset["theme"], root.style.fontSize]).toEqual(["dark", "115%"]);
});

describe("removing", () => {
  /** Its code loads when it is first shown. */
  const dialog = (): Promise<HTMLElement> =>
    eventually(() => {
      const [found] = all("dialog");
      if (found === undefined) throw new Error("no dialog");
      return found;
    });

  test("for a download, the dialog offers to delete or keep the data", async () => {
    await open("few");
    const remove = vi.spyOn(client, "remove");
    await click(button("Remove", article("Summer by the lake")));
    expect(text(await dialog())).toMatch(/This browser has stored 1\.2 GB of it/);
    await click(button("Remove, keep data", await dialog()));
    expect(remove).toHaveBeenLastCalledWith(expect.anything(), false);
    expect(all("dialog")).toEqual([]);
    expect(text(document.activeElement ?? page)).toContain("Ảnh cưới");

    await click(button("Remove", article("quarterly-review")));
    expect(text(await dialog())).toMatch(/You have not saved it yet: with the data, your copy is gone/);
    await click(button("Remove and delete data", await dialog()));
    expect(remove).toHaveBeenLastCalledWith(expect.anything(), true);
    expect(titles()).toEqual(["Ảnh cưới của Linh & Tuấn 💐"]);
    expect(document.activeElement?.id).toBe("list-title");
    await click(button("Remove", article("Ảnh cưới")));
    await click(button("Remove it", await dialog()));
    expect(document.activeElement?.id).toBe("headline");
  });

  test("cancelling changes nothing", async () => {
    await open("few");
    await click(button("Remove", article("Summer by the lake")));
    await click(button("Cancel", await dialog()));
    expect(all("dialog")).toEqual([]);
    expect(titles()).toHaveLength(3);
  });

  test("for a share, the dialog says that the link stops working and the file stays", async () => {
    await open("few");
    await click(button("Remove", article("Ảnh cưới")));
    expect(text(await dialog())).toMatch(/Your own files stay where they are/);
    expect(text(await dialog())).toMatch(
      /2 people are downloading it from you right now\. The link will stop working/,
    );
    expect(all("button", await dialog()).map(text)).toEqual(["Remove it", "Cancel"]);
  });

  test("a saved download stays where it was saved, and of one that is looked up nothing is stored", async () => {
    await open("few");
    await click(button("Save", article("quarterly-review")));
    await act(() => client.advance(4));
    await click(button("Remove", article("quarterly-review")));
    expect(text(await dialog())).toMatch(/and it is all there\. ?What you saved stays where you saved it/);
    await click(button("Cancel", await dialog()));

    await act(async () => client.addLink("f".repeat(40)));
    await click(button("Remove", article("Unnamed")));
    expect(text(await dialog())).toMatch(/Nothing of it is stored yet\. Its link adds it again\./);
    expect(all("button", await dialog()).map(text)).toEqual(["Remove it", "Cancel"]);
  });

  test("clears the torrent's fragment", async () => {
    await open("few");
    await act(() => {
      location.hash = `#${article("Ảnh cưới").dataset["infohash"]}`;
    });
    await click(button("Remove", article("Ảnh cưới")));
    await click(button("Remove it", await dialog()));
    expect(location.hash).toBe("");
  });

  test("a file that is still being hashed needs no dialog", async () => {
    await openCards();
    await click(button("Remove", article("Backup")));
    expect(all("dialog")).toEqual([]);
    expect(titles()).not.toContain("Backup 2024-11.tar");
  });
});

describe("a card", () => {
  test("pauses and resumes", async () => {
    await open("few");
    await click(button("Pause", article("Summer by the lake")));
    expect(article("Summer by the lake").dataset["state"]).toBe("paused");
    await click(button("Resume", article("Summer by the lake")));
    expect(article("Summer by the lake").dataset["state"]).toBe("downloading");
  });

  test("saves and shows the progress", async () => {
    await open("few");
    await click(button("Save", article("quarterly-review")));
    await act(() => client.advance(1.5));
    expect(text(article("quarterly-review"))).toMatch(/Saving, 50%/);
    expect(button("Save", article("quarterly-review")).disabled).toBe(true);
    await act(() => client.advance(2));
    expect(button("Save", article("quarterly-review")).disabled).toBe(false);
  });

  test("opens and closes its details: files, peers, trackers and pieces", async () => {
    await open("few");
    const film = article("Summer by the lake");
    expect(button("Details", film).getAttribute("aria-expanded")).toBe("false");
    await click(button("Details", film));
    expect(button("Details", film).getAttribute("aria-expanded")).toBe("true");
    const id = button("Details", film).getAttribute("aria-controls") ?? "";
    const details = await eventually(() => document.getElementById(id) ?? Promise.reject(new Error("none")));
    const tab = async (name: RegExp): Promise<string> => {
      const found = all("[role=tab]", details).find((one) => name.test(text(one)));
      await click(found as HTMLElement);
      return text(details);
    };
    expect(text(details)).toMatch(/Pieces held ?2,212 of 3,548/);
    expect(text(details)).toMatch(/Failed pieces ?2/);
    expect(text(details)).toMatch(/Banned peers ?1/);
    await tab(/peers/);
    expect(all("tbody tr", film).map(text)[3]).toMatch(
      /^qBittorrent 5\.0 ?desktop ?TCP ?100% ?0\.0 kB\/s ?0\.0 kB\/s ?3 ?2 ?12$/,
    );
    expect(await tab(/trackers/)).toMatch(
      /tracker\.example\.org\/announce Tier 2\. Cannot be reached: .* Next try in 23 s\./,
    );
    expect(text(details)).toMatch(/2 people with everything, 3 people still downloading/);
    await tab(/file/);
    expect(all(".tree-row", film)).toHaveLength(1);
    await click(button("Details", film));
    expect(all("table", film)).toEqual([]);
  });

  test("is redrawn only if it has changed", async () => {
    await open("few");
    const still = article("quarterly-review");
    const link = labelled("Share link", still);
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    observer.observe(page, { subtree: true, childList: true, characterData: true, attributes: true });
    await act(() => client.advance(1));
    changes.push(...observer.takeRecords());
    observer.disconnect();
    expect(labelled("Share link", still)).toBe(link);
    expect(changes.some(({ target }) => article("Summer by the lake").contains(target))).toBe(true);
    expect(changes.some(({ target }) => still.contains(target))).toBe(false);
  });
});

test("the end of a download is read aloud, and the title follows", async () => {
  await open("few");
  await eventually(() => expect(all('p.visually-hidden[role="status"]')).toHaveLength(1));
  expect(document.title).toMatch(/^62% · Summer/);
  await act(() => client.advance(100));
  const said = all('[role="status"]').map(text);
  expect(said).toContain("Summer by the lake (director’s cut).mp4 is complete.");
  expect(document.title).toBe("✓ Summer by the lake (director’s cut).mp4 · Tabswarm");
});

test("an empty list tells people what to do", async () => {
  await open("empty");
  expect(text(page)).toMatch(/Drop a file\. ?Send the link\./);
  expect(text(page)).toMatch(/the link works while this page is open/);
});
