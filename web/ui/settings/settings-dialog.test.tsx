// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { createFakeClient, type FakeClient } from "../../engine/fake.ts";
import type { SettingsPlace } from "./settings-button.tsx";
import { SettingsDialog } from "./settings-dialog.tsx";

let client: FakeClient;
let closed: number;
let page: HTMLElement;

const draw = (place: SettingsPlace = "top") =>
  act(() => render(<SettingsDialog {...{ client, place }} onClose={() => (closed += 1)} />, page));
const box = () => page.querySelector("input") as HTMLInputElement;
const dialog = () => page.querySelector("dialog") as HTMLDialogElement;

beforeEach(() => {
  client = createFakeClient("empty");
  closed = 0;
  page = document.createElement("div");
  document.body.replaceChildren(page);
});

test("the device's name is kept when the person leaves the box, and is there again", async () => {
  await draw();
  expect(page.querySelector("label")?.textContent).toBe("Name of this device");
  box().value = "Lan’s phone";
  box().dispatchEvent(new Event("change", { bubbles: true }));
  expect(client.settings.value.deviceName).toBe("Lan’s phone");
  await act(() => render(null, page));
  await draw();
  expect(box().value).toBe("Lan’s phone");
});

test("closing keeps what is in the box, too", async () => {
  await draw();
  box().value = "Lan’s tablet";
  dialog().close();
  expect(client.settings.value.deviceName).toBe("Lan’s tablet");
  expect(closed).toBe(1);
});

test("the dialog says who sees the name", async () => {
  await draw();
  const note = document.getElementById(box().getAttribute("aria-describedby") ?? "");
  expect(note?.textContent).toMatch(/Everybody who shares or downloads the same files .* Leave it empty/);
});

test("the theme, the text size, asking first, saving by itself and sharing always are chosen, and shown as they are", async () => {
  await draw();
  const choice = (label: string): HTMLInputElement => {
    const found = Array.from(page.querySelectorAll("label")).find((one) => one.textContent === label);
    const input = found?.querySelector("input");
    if (!input) throw new Error(`no choice called ${label}`);
    return input;
  };
  expect(choice("As on this device").checked).toBe(true);
  for (const label of [
    "Dark",
    "Largest",
    "Ask me before a download starts",
    "Save each download as soon as it is complete",
    "Share also on metered connections and on a low battery",
  ])
    await act(() => choice(label).click());
  expect(client.settings.value).toMatchObject({
    theme: "dark",
    textPercent: 130,
    asksFirst: true,
    savesWhenComplete: true,
    sharesAlways: true,
  });
  expect(choice("Dark").checked).toBe(true);
});

test("limits count once the person leaves the box; what is unclear stays there, with the reason", async () => {
  await draw();
  const field = page.querySelector("#most-up") as HTMLInputElement;
  const type = (text: string) =>
    act(() => {
      field.value = text;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  await type("1,5 mb");
  expect(client.settings.value).toMatchObject({ mostUp: 1_500_000, mostDown: undefined });
  expect(field.value).toBe("1500 kB/s");
  await type("0");
  expect(client.settings.value.mostUp).toBe(1_500_000);
  expect(field.value).toBe("0");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  const [problem = ""] = field.getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(document.getElementById(problem)?.textContent).toMatch(/from 5 kB\/s/);
  await type("");
  expect(client.settings.value.mostUp).toBeUndefined();
  expect(field.getAttribute("aria-invalid")).toBe("false");
});

test("a server of one's own counts once it is whole, and says what it lacks until then", async () => {
  await draw();
  const type = (id: string, text: string) =>
    act(() => {
      const field = page.querySelector(`#${id}`) as HTMLInputElement;
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  const problem = () => page.querySelector("#ice-problem")?.textContent;
  await type("ice-url", "turn.example.org");
  expect(problem()).toMatch(/Type an address such as/);
  await type("ice-url", " turn:turn.example.org ");
  expect(problem()).toMatch(/needs a user name and a password/);
  await type("ice-username", "lan");
  expect(client.settings.value.iceServers).toEqual([]);
  await type("ice-password", "secret");
  expect(problem()).toBeUndefined();
  const server = { url: "turn:turn.example.org", username: "lan", password: "secret" };
  expect(client.settings.value.iceServers).toEqual([server]);
  await type("ice-url", "");
  expect(client.settings.value.iceServers).toEqual([]);
});

test("opened for a connection that does not come about, they begin where a TURN server goes", async () => {
  await draw("connection");
  expect(document.activeElement?.id).toBe("ice-url");
});
