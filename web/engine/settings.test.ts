// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { MAX_OWN_ICE_SERVERS } from "./client.ts";
import { openSettings, SETTINGS_KEY } from "./settings.ts";

const said: string[] = [];
const DEFAULTS = {
  deviceName: undefined,
  isNearby: false,
  theme: "auto",
  textPercent: 100,
  language: undefined,
  mostUp: undefined,
  stopAt: { ratio: undefined, minutes: undefined },
  mostDown: undefined,
  maxPeers: undefined,
  pieceLength: undefined,
  encrypts: false,
  sharesAlways: false,
  iceServers: [],
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

test("servers of one's own are kept, but not too many; the one that an earlier version kept counts", () => {
  const server = { url: "stun:a.example", username: "", password: "" };
  localStorage.setItem(SETTINGS_KEY, JSON.stringify({ iceServer: server }));
  const { settings, changeSettings } = open();
  expect(settings.value.iceServers).toEqual([server]);
  changeSettings({ iceServers: Array.from({ length: 9 }, () => server) });
  expect(open().settings.value.iceServers).toHaveLength(MAX_OWN_ICE_SERVERS);
});

test("a language is kept if it can be the tag of one", () => {
  const { settings, changeSettings } = open();
  changeSettings({ language: "vi" });
  expect(open().settings.value.language).toBe("vi");
  for (const found of ["vi-VN", "../x", "", "vietnamese", 1]) {
    localStorage.setItem(SETTINGS_KEY, JSON.stringify({ language: found }));
    expect(open().settings.value.language, String(found)).toBeUndefined();
  }
  changeSettings({ language: undefined });
  expect(settings.value.language).toBeUndefined();
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
  '{"stopAt":{"ratio":0,"minutes":1e9}}',
  '{"stopAt":"soon"}',
  '{"maxPeers":3,"pieceLength":20000,"iceServers":[7]}',
  '{"mostUp":"7000","mostDown":-7000}',
  '{"deviceName":{"a":1}}',
  '{"theme":"pink","textPercent":900,"asksFirst":"yes","savesWhenComplete":"yes","notifies":1,"isNearby":"yes","sharesAlways":1,"encrypts":1}',
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
