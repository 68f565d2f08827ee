// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { openSettings, SETTINGS_KEY } from "./settings.ts";

const said: string[] = [];
const DEFAULTS = {
  deviceName: undefined,
  theme: "auto",
  textPercent: 100,
  mostUp: undefined,
  mostDown: undefined,
  iceServer: undefined,
  asksFirst: false,
  savesWhenComplete: false,
  notifies: false,
};

const open = (storage = (): Storage => localStorage) => openSettings(storage, (text) => said.push(text));

beforeEach(() => {
  localStorage.clear();
  said.length = 0;
});

test("settings are kept for the next page, and made fit to be shown", () => {
  const { settings, changeSettings } = open();
  expect(settings.value).toEqual(DEFAULTS);
  changeSettings({ deviceName: "  Lan’s\u202e phone\n" });
  expect(settings.value).toEqual({ ...DEFAULTS, deviceName: "Lan’s phone" });
  expect(open().settings.value).toEqual({ ...DEFAULTS, deviceName: "Lan’s phone" });
  changeSettings({ deviceName: " " });
  expect(open().settings.value).toEqual(DEFAULTS);
});

test("another tab's change counts here, too", () => {
  const { settings } = open();
  open().changeSettings({ deviceName: "Lan’s phone" });
  expect(settings.value.deviceName).toBeUndefined(); // The browser tells other tabs only.
  window.dispatchEvent(new StorageEvent("storage", { key: SETTINGS_KEY }));
  expect(settings.value.deviceName).toBe("Lan’s phone");
  localStorage.clear();
  window.dispatchEvent(new StorageEvent("storage", { key: null }));
  expect(settings.value.deviceName).toBeUndefined();
});

test.each([
  "",
  "null",
  "7",
  "[]",
  "{",
  '{"deviceName":7}',
  '{"iceServer":{"url":"turn:a.example","username":"","password":""}}',
  '{"iceServer":{"url":"stun:a.example","username":7}}',
  '{"mostUp":4999,"mostDown":1e11}',
  '{"mostUp":"7000","mostDown":-7000}',
  '{"deviceName":{"a":1}}',
  '{"theme":"pink","textPercent":900,"asksFirst":"yes","savesWhenComplete":"yes","notifies":1}',
  `{"deviceName":"${"x".repeat(20_000)}"}`,
])("%j in the storage does no harm", (text) => {
  localStorage.setItem(SETTINGS_KEY, text);
  expect(open().settings.value).toEqual(DEFAULTS);
});

test("where the browser keeps nothing, settings hold for this page, which says so", () => {
  const { settings, changeSettings } = open(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  changeSettings({ deviceName: "Lan’s phone" });
  expect(settings.value).toEqual({ ...DEFAULTS, deviceName: "Lan’s phone" });
  expect(said).toEqual([expect.stringContaining("only until you close it")]);
});
