// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeClient, type FakeClient } from "../engine/fake.ts";
import type { Scene } from "../engine/fake-scenes.ts";
import { App } from "./app.tsx";

let page: HTMLElement;
let client: FakeClient;

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

/** Elements are found as people and assistive technology find them: by what they are called. */
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
  const label = all<HTMLLabelElement>("label", within).find((one) => text(one) === name);
  const input = label?.htmlFor ? document.getElementById(label.htmlFor) : label?.querySelector("input");
  if (!(input instanceof HTMLInputElement)) throw new Error(`no input labelled ${name}`);
  return input;
}

/** A click, and all that follows from it without waiting for time to pass. */
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

/** What a browser does when a person, or a test, has chosen files. */
async function choose(input: HTMLInputElement, files: readonly File[]): Promise<void> {
  Object.defineProperty(input, "files", { value: files, configurable: true });
  await act(async () => {
    input.dispatchEvent(new Event("change", { bubbles: true }));
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

describe("the labels that people and programs rely on", () => {
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

  test("every state is there, with the buttons that fit it", async () => {
    await open("busy");
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

  test("names are text, whatever they look like", async () => {
    await open("busy");
    expect(all("article b")).toEqual([]);
    expect(titles()).toContain("<b>not bold</b> & co.html");
  });
});

describe("adding", () => {
  test("chosen files are shared, a chosen .torrent is added", async () => {
    await open("empty");
    await choose(labelled("Choose files"), [withPath("a.txt"), withPath("b.txt")]);
    expect(titles()).toEqual(["a.txt and 1 more"]);
    expect(articles()[0]?.dataset["state"]).toBe("hashing");
    await choose(labelled("Choose files"), [withPath("film.torrent")]);
    expect(articles()[0]?.dataset["state"]).toBe("metadata");
    expect(titles()[0]).toBe("film");
  });

  test("a chosen folder keeps its paths", async () => {
    await open("empty");
    const share = vi.spyOn(client, "share");
    await choose(labelled("Choose a folder"), [
      withPath("1.jpg", "Trip/day 1/1.jpg"),
      withPath("x.torrent", "Trip/x.torrent"),
    ]);
    expect(share.mock.calls[0]?.[0].map((file) => file.path)).toEqual(["Trip/day 1/1.jpg", "Trip/x.torrent"]);
    expect(titles()).toEqual(["Trip"]);
  });

  test("a choice without any file is answered in a sentence", async () => {
    await open("empty");
    await choose(labelled("Choose a folder"), []);
    expect(text(all('[role="alert"]')[0] ?? page)).toMatch(/There was no file in it/);
    expect(titles()).toEqual([]);
  });

  test("files dropped anywhere are shared", async () => {
    await open("empty");
    const event = await transfer("drop", document.body, [withPath("dropped.mp4")]);
    expect(event.defaultPrevented).toBe(true);
    expect(titles()).toEqual(["dropped.mp4"]);
  });

  test("a dropped link is added", async () => {
    await open("empty");
    await transfer("drop", document.body, [], `magnet:?xt=urn:btih:${"a".repeat(40)}&dn=Dropped`);
    expect(titles()).toEqual(["Dropped"]);
  });

  test("text dropped into the link box stays the box's business", async () => {
    await open("empty");
    const event = await transfer("drop", labelled("Magnet link or info-hash"), [], "a".repeat(40));
    expect(event.defaultPrevented).toBe(false);
    expect(titles()).toEqual([]);
  });

  test("a magnet link pasted outside of any box is added, other text is not", async () => {
    await open("empty");
    await transfer("paste", document.body, [], "just words");
    expect(titles()).toEqual([]);
    await transfer("paste", document.body, [], `magnet:?xt=urn:btih:${"b".repeat(40)}&dn=Pasted`);
    expect(titles()).toEqual(["Pasted"]);
  });

  test("the link box adds what was typed and is empty again", async () => {
    await open("empty");
    const box = labelled("Magnet link or info-hash");
    box.value = ` ${"c".repeat(40)} `;
    await act(async () => {
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const addLink = vi.spyOn(client, "addLink");
    await act(async () => {
      box.form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
    expect(addLink).toHaveBeenCalledWith("c".repeat(40));
    expect(labelled("Magnet link or info-hash").value).toBe("");
    expect(titles()).toHaveLength(1);
  });

  test("a bad link becomes a sentence that can be dismissed", async () => {
    await open("empty");
    await act(() => client.addLink("hello"));
    expect(text(all('[role="alert"]')[0] ?? page)).toMatch(/no magnet link/);
    await click(button("Dismiss"));
    expect(text(all('[role="alert"]')[0] ?? page)).toBe("");
  });

  test("the address is opened, and followed when it changes", async () => {
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

describe("the file that is needed again", () => {
  test("is taken from its own input", async () => {
    await open("busy");
    const supply = vi.spyOn(client, "supplyFiles");
    await choose(labelled("Select the files again", article("String quartet")), [withPath("Score.pdf")]);
    expect(supply.mock.calls[0]?.[1].map((file) => file.path)).toEqual(["Score.pdf"]);
    expect(article("String quartet").dataset["state"]).toBe("checking");
  });

  test("is taken when dropped on its entry, and not shared once more", async () => {
    await open("busy");
    const count = articles().length;
    await transfer("drop", article("String quartet"), [withPath("Score.pdf")]);
    expect(article("String quartet").dataset["state"]).toBe("checking");
    expect(articles()).toHaveLength(count);
  });
});

describe("copying", () => {
  test("says so in the button and aloud, and then is ready again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writeText = vi.fn(async (_text: string) => {});
    vi.stubGlobal("navigator", { clipboard: { writeText } });
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

  test("tells how to do it by hand when the browser forbids it", async () => {
    vi.stubGlobal("navigator", {});
    Object.defineProperty(document, "execCommand", { value: () => false, configurable: true });
    await open("few");
    const film = article("Summer by the lake");
    await click(button("Copy magnet", film));
    expect(text(film)).toMatch(/press Ctrl\+C/);
  });
});

describe("removing", () => {
  const dialog = (): HTMLElement => {
    const [found] = all("dialog");
    if (found === undefined) throw new Error("no dialog");
    return found;
  };

  test("a download asks what to do with the data, and does it", async () => {
    await open("few");
    const remove = vi.spyOn(client, "remove");
    await click(button("Remove", article("Summer by the lake")));
    expect(text(dialog())).toMatch(/1\.2 GB of it are kept in this browser/);
    await click(button("Remove, keep data", dialog()));
    expect(remove).toHaveBeenLastCalledWith(expect.anything(), false);
    expect(all("dialog")).toEqual([]);

    await click(button("Remove", article("quarterly-review")));
    await click(button("Remove and delete data", dialog()));
    expect(remove).toHaveBeenLastCalledWith(expect.anything(), true);
    expect(titles()).toEqual(["Ảnh cưới của Linh & Tuấn 💐"]);
    expect(document.activeElement?.id).toBe("list-title");
  });

  test("cancelling leaves everything as it was", async () => {
    await open("few");
    await click(button("Remove", article("Summer by the lake")));
    await click(button("Cancel", dialog()));
    expect(all("dialog")).toEqual([]);
    expect(titles()).toHaveLength(3);
  });

  test("a running upload says that the link stops working and that the file stays", async () => {
    await open("few");
    await click(button("Remove", article("Ảnh cưới")));
    expect(text(dialog())).toMatch(/Your own file stays where it is/);
    expect(text(dialog())).toMatch(/2 people are getting it from you right now\. The link stops working/);
    expect(all("button", dialog()).map(text)).toEqual(["Remove it", "Cancel"]);
  });

  test("clears the fragment that names it", async () => {
    await open("few");
    await act(() => {
      location.hash = `#${article("Ảnh cưới").dataset["infohash"]}`;
    });
    await click(button("Remove", article("Ảnh cưới")));
    await click(button("Remove it", dialog()));
    expect(location.hash).toBe("");
  });

  test("hashing just ends", async () => {
    await open("busy");
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

  test("saves, and shows how far that is", async () => {
    await open("few");
    await click(button("Save", article("quarterly-review")));
    await act(() => client.advance(1.5));
    expect(text(article("quarterly-review"))).toMatch(/Saving, 50%/);
    expect(button("Save", article("quarterly-review")).disabled).toBe(true);
    await act(() => client.advance(2));
    expect(button("Save", article("quarterly-review")).disabled).toBe(false);
  });

  test("opens and closes its details: files, peers, trackers, pieces", async () => {
    await open("few");
    const film = article("Summer by the lake");
    expect(button("Details", film).getAttribute("aria-expanded")).toBe("false");
    await click(button("Details", film));
    expect(button("Details", film).getAttribute("aria-expanded")).toBe("true");
    const id = button("Details", film).getAttribute("aria-controls") ?? "";
    const details = await vi.waitFor(() => document.getElementById(id) ?? Promise.reject(new Error("none")));
    const shown = text(details);
    expect(shown).toMatch(/Pieces held ?2,212 of 3,548/);
    expect(shown).toMatch(/Failed pieces ?2/);
    expect(shown).toMatch(/Banned peers ?1/);
    expect(all("tbody tr", film).map(text)[3]).toMatch(
      /^qBittorrent 5\.0 ?TCP ?100% ?0\.0 kB\/s ?0\.0 kB\/s ?3 ?2 ?12$/,
    );
    expect(shown).toMatch(/tracker\.example\.org\/announce Cannot be reached: .* Tried again in 23 s\./);
    expect(shown).toMatch(/2 people with everything, 3 people still fetching/);
    expect(all(".file", film)).toHaveLength(1);
    await click(button("Details", film));
    expect(all("table", film)).toEqual([]);
  });

  test("is drawn anew only where something changed", async () => {
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

test("the end of a download is said aloud and the title follows it", async () => {
  await open("few");
  expect(document.title).toMatch(/^62% · Summer/);
  await act(() => client.advance(100));
  const said = all('[role="status"]').map(text);
  expect(said).toContain("Summer by the lake (director’s cut).mp4 is complete.");
  expect(document.title).toBe("Tabswarm");
});

test("an empty list says what to do", async () => {
  await open("empty");
  expect(text(page)).toMatch(/Drop a file\. ?Send the link\./);
  expect(text(page)).toMatch(/the link works while this page is open/);
});
