// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeClient, type FakeClient } from "../../engine/fake.ts";
import { NoticeChoice } from "./notice-choice.tsx";

let page: HTMLElement;
let client: FakeClient;
beforeEach(() => {
  page = document.createElement("div");
  client = createFakeClient("empty");
  document.body.append(page);
  vi.stubGlobal("isSecureContext", true);
});
afterEach(() => {
  render(null, page);
  page.remove();
  vi.unstubAllGlobals();
});

/** A browser's notifications, for a person who answers its question like this. */
function stubNotifications(answer: NotificationPermission): void {
  const stub = Object.assign(function Notification() {}, {
    permission: "default" as NotificationPermission,
    requestPermission: vi.fn(async () => {
      stub.permission = answer;
      return answer;
    }),
  });
  vi.stubGlobal("Notification", stub);
}

const draw = () => act(() => render(<NoticeChoice client={client} />, page));
const box = () => page.querySelector<HTMLInputElement>("input[type=checkbox]");
const tick = () =>
  act(async () => {
    box()?.click();
    await new Promise((resolve) => setTimeout(resolve));
  });

test("ticking the box asks the browser, is remembered, and can be taken back", async () => {
  stubNotifications("granted");
  await draw();
  expect(box()?.checked).toBe(false);
  expect(Notification.requestPermission).not.toHaveBeenCalled();
  await tick();
  expect(Notification.requestPermission).toHaveBeenCalled();
  expect(box()?.checked).toBe(true);
  expect(client.settings.value.notifies).toBe(true);
  await tick();
  expect(box()?.checked).toBe(false);
  expect(client.settings.value.notifies).toBe(false);
});

test("a browser that forbids it leaves the box empty, and the page says what to do", async () => {
  stubNotifications("denied");
  await draw();
  await tick();
  expect(box()?.checked).toBe(false);
  expect(client.settings.value.notifies).toBe(false);
  expect(page.querySelector('[role="alert"]')?.textContent).toMatch(/Allow notifications in its settings/);
});

test("where a page cannot notify anybody, nothing is offered", async () => {
  stubNotifications("granted");
  vi.stubGlobal("isSecureContext", false);
  await draw();
  expect(box()).toBeNull();
  render(null, page);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal(
    "Notification",
    class {
      static permission = "default";
      constructor() {
        throw new TypeError("Illegal constructor");
      }
    },
  );
  await draw();
  expect(box()).toBeNull();
});
