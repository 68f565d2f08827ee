// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { createFakeClient, type FakeClient } from "../../engine/fake.ts";
import type { FakePerson } from "../../engine/fake-tracker.ts";
import { Views } from "./views.tsx";

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
  sessionStorage.clear();
  vi.useRealTimers();
});

async function open(
  path: string,
  person: FakePerson = "nobody",
  scene: "few" | "empty" = "few",
): Promise<void> {
  client = createFakeClient(scene, person);
  await act(async () => {
    render(<Views client={client} path={path} />, page);
  });
  await settle();
}

/** Lets everything happen that needs no passing of time. */
const settle = (): Promise<void> =>
  act(async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  });
const text = (): string => (page.textContent ?? "").replace(/\s+/g, " ");
const seen = (what: RegExp | string): Promise<void> =>
  eventually(() =>
    typeof what === "string" ? expect(text()).toContain(what) : expect(text()).toMatch(what),
  );
const all = (selector: string): HTMLElement[] => Array.from(page.querySelectorAll<HTMLElement>(selector));

/** `about`: what describes the button, where several have this name. */
async function click(name: string, about?: string): Promise<void> {
  const found = all("button, a, summary").find((one) => {
    const described = document.getElementById(one.getAttribute("aria-describedby") ?? "")?.textContent;
    return one.textContent?.trim() === name && (about === undefined || described === about);
  });
  if (found === undefined) throw new Error(`nothing to click called ${name}`);
  await act(async () => found.click());
  await settle();
}

test("the catalog shows entries with who has them, and hostile names as text", async () => {
  await open("catalog", "member");
  await eventually(() => expect(all(".entry")).toHaveLength(30));
  await seen(/Ảnh cưới của Linh & Tuấn 💐 ?Hà Nội, bãi biển.*11 seeders ?0 leechers ?185 MB ?46 files/);
  await seen("<img src=x onerror=alert(1)><b>not bold</b> & co.html");
  expect(all(".entries img, .entries b, .entries i, .entries script")).toEqual([]);
  await click("Show more");
  await eventually(() => expect(all(".entry")).toHaveLength(60));
});

test("an entry without seeders says since when, and when it will be removed", async () => {
  await open("catalog");
  await seen(/Nobody has seeded this for 9 days\. Unless somebody does, it leaves the catalog in 2\d days\./);
  await seen(/Nobody has seeded this yet\. Unless somebody does/);
});

test("the title of the tab names the view, and nothing once it is closed", async () => {
  await open("catalog");
  await eventually(() => expect(document.title).toBe("Catalog · Tabswarm"));
  await open("tracker");
  await eventually(() => expect(document.title).toBe("This tracker · Tabswarm"));
  await act(() => render(null, page));
  expect(document.title).toBe("Tabswarm");
});

test("an empty catalog says how to publish", async () => {
  await open("catalog", "nobody", "empty");
  await seen("Nobody has published anything yet. Share a file, then press Show in the catalog on its card.");
});

test("the download of an entry is its share link", async () => {
  await open("catalog");
  await seen("debian");
  const link = all(".entry a").find((one) => one.textContent?.startsWith("debian"));
  const path = link?.getAttribute("href")?.slice("#/".length) ?? "";
  await open(path);
  await eventually(() => expect(document.activeElement?.textContent).toBe("debian-12.8.0-amd64-netinst.iso"));
  await click("Download");
  expect(location.hash).toBe(`#${path.slice("catalog/".length)}&dn=debian-12.8.0-amd64-netinst.iso`);
});

test.each([["nowhere"], ["account"], ["accounts"], ["catalog/xyz"]])(
  "without accounts there is nothing at %s",
  async (path) => {
    await open(path);
    await seen("There is nothing at this address.");
  },
);

test("a guest sees the form to log in where the catalog would be, and then the catalog", async () => {
  await open("catalog", "guest");
  expect(all("h1").map((one) => one.textContent)).toEqual(["Log in"]);
  const names = all("input").map((box) => [box.getAttribute("autocomplete"), box.getAttribute("type")]);
  expect(names).toEqual([
    ["username", "text"],
    ["current-password", "password"],
  ]);
  for (const [at, typed] of ["linh", "correct horse"].entries()) {
    const box = all("input")[at];
    if (box instanceof HTMLInputElement) box.value = typed;
  }
  await act(async () => {
    all("form")[0]?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
  await seen("Catalog");
  expect(client.account.value).toEqual({ state: "member", name: "linh", isAdmin: false });
  expect(all("h1").map((one) => one.textContent)).toEqual(["Catalog"]);
});

test("a key is shown once, when it was made", async () => {
  await open("account", "member");
  const name = all("input[name=name]")[0];
  if (name instanceof HTMLInputElement) name.value = "nas";
  await act(async () => {
    name?.closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
  await settle();
  await seen("Copy it now: the tracker keeps no copy");
  await open("account", "member");
  expect(text()).not.toContain("Copy it now");
});

test("only administrators see everybody's accounts", async () => {
  await open("accounts", "member");
  await seen("There is nothing at this address.");
  await open("accounts", "admin");
  await seen(/grace ?registered/);
  await click("Ban", "grace");
  await seen(/grace ?banned just now/);
});

test("the view of the tracker asks again while somebody can see it, and only then", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await open("tracker");
  const desk = await client.tracker();
  const status = vi.spyOn(desk, "status");
  await seen(/1,482 ?.*… and 202 more swarms/);
  for (let turn = 0; turn < 3; turn++) {
    await act(async () => {
      vi.advanceTimersByTime(5_000);
    });
  }
  expect(status.mock.calls.length).toBe(3);
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  await act(async () => {
    vi.advanceTimersByTime(60_000);
  });
  expect(status.mock.calls.length).toBe(3);
  Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  await act(async () => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
  expect(status.mock.calls.length).toBe(4);
  await act(() => render(null, page));
  vi.advanceTimersByTime(60_000);
  expect(status.mock.calls.length).toBe(4);
});

test("a tracker that goes away leaves its last figures, below what is wrong", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await open("tracker");
  await seen("1,482");
  const desk = await client.tracker();
  vi.spyOn(desk, "status").mockResolvedValue({ ok: false, status: undefined, problem: "It is away." });
  await act(async () => {
    vi.advanceTimersByTime(5_000);
  });
  await settle();
  expect(all("[role=alert]").map((one) => one.textContent)).toEqual(["It is away.Try again"]);
  await seen("1,482");
});

test("the address of the catalog names the search and the order, and whoever comes back finds both", async () => {
  await open("catalog?q=%E1%BA%A3nh&sort=name");
  await eventually(() => expect(all(".entry").length).toBeGreaterThan(0));
  const [box] = all("input[type=search]");
  expect(box).toHaveProperty("value", "ảnh");
  expect(all("select")[0]).toHaveProperty("value", "name");
  location.hash = "#/catalog?q=%E1%BA%A3nh&sort=name";
  await act(async () => {
    if (box instanceof HTMLInputElement) box.value = "debian";
    box?.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await eventually(() => expect(location.hash).toBe("#/catalog?q=debian&sort=name"));
  const link = all(".entry a")[0]?.getAttribute("href") ?? "";
  location.hash = link;
  await open(link.slice("#/".length));
  expect(all(".back")[0]?.getAttribute("href")).toBe("#/catalog?q=debian&sort=name");
});

test("an address of the catalog that somebody has made up shows the usual list, or nothing found", async () => {
  await open("catalog?sort=size&q=");
  await eventually(() => expect(all(".entry")).toHaveLength(30));
  expect(all("select")[0]).toHaveProperty("value", "newest");
  await open(`catalog?q=%E0%A4%A%00${"W".repeat(300)}`);
  await seen("Nothing matches");
  expect(all("input[type=search]")[0]).toHaveProperty("value.length", 200);
});

test("whoever comes back to the catalog finds the parts that were shown, and the entry that they opened in focus", async () => {
  location.hash = "#/catalog";
  await open("catalog");
  await eventually(() => expect(all(".entry")).toHaveLength(30));
  await click("Show more");
  await eventually(() => expect(all(".entry")).toHaveLength(60));
  const link = all(".entry a")[41]?.getAttribute("href") ?? "";
  location.hash = link;
  await act(() => render(null, page));
  location.hash = "#/catalog";
  await open("catalog"); // A client of its own, as after a reload.
  await eventually(() => expect(all(".entry")).toHaveLength(60));
  await eventually(() => expect(document.activeElement?.getAttribute("href")).toBe(link));
});

test("who has an entry is asked again while somebody sees it, and what was known stays if the tracker goes away", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await open("catalog");
  await eventually(() => expect(all(".entry")).toHaveLength(30));
  await open(all(".entry a")[0]?.getAttribute("href")?.slice("#/".length) ?? "");
  await seen(/Browser.*just now/);
  const { catalog } = await client.tracker();
  const peers = vi.spyOn(catalog, "peers");
  const details = vi.spyOn(catalog, "details");
  const away = { ok: false, status: undefined, problem: "It is away." } as const;
  peers.mockResolvedValue(away);
  details.mockResolvedValue(away);
  for (let turn = 0; turn < 6; turn++) {
    await act(async () => {
      vi.advanceTimersByTime(5_000);
    });
  }
  await settle();
  expect([peers.mock.calls.length, details.mock.calls.length]).toEqual([6, 1]);
  await seen(/It is away\..*It is away\..*Browser/);
  details.mockResolvedValue({ ok: false, status: 404, problem: "It has gone." });
  await act(async () => {
    vi.advanceTimersByTime(30_000);
  });
  await settle();
  expect(text()).toBe("CatalogCatalogIt has gone.Try again");
});

test("while the page cannot find out who is logged in, the views say why and ask again", async () => {
  client = createFakeClient("few", "member");
  const { accounts } = await client.tracker();
  await settle();
  const look = vi.spyOn(accounts, "look");
  Object.assign(client.account, { value: { state: "unknown", problem: "The database is away." } });
  await act(async () => {
    render(<Views client={client} path="catalog" />, page);
  });
  await seen("This page cannot find out who is logged in. The database is away.");
  await click("Try again");
  expect(look).toHaveBeenCalledOnce();
  await eventually(() => expect(all(".entry")).toHaveLength(30));
});
