#!/usr/bin/env node
// Debian's Firefox for Playwright, which runs this file in place of the browser. It stands between the two and forgives
// what this Firefox does not know yet: Playwright sets the colour scheme of every new context, asked or not.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { WebSocket, WebSocketServer } from "ws";

const OPTIONAL_COMMAND = "emulation.setMediaFeaturesOverride";

const firefox = spawn(process.env.FIREFOX_PATH || "firefox-esr", process.argv.slice(2), {
  stdio: ["ignore", "inherit", "pipe"],
});
firefox.on("exit", (code) => process.exit(code ?? 1));
firefox.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => firefox.kill(signal));

createInterface(firefox.stderr).on("line", (line) => {
  const [, address] = /WebDriver BiDi listening on (ws:\/\/.*)$/.exec(line) ?? [];
  if (address === undefined) console.error(line);
  else relay(`${address}/session`);
});

/** Tells Playwright an address of ours, and relays what comes there. */
function relay(address) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("listening", () =>
    console.error(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}`),
  );
  server.on("connection", (playwright) => {
    const browser = new WebSocket(address, { maxPayload: 0 });
    const opened = new Promise((resolve) => browser.on("open", resolve));
    const forgiven = new Set();
    playwright.on("message", async (data) => {
      const { id, method } = JSON.parse(data);
      if (method === OPTIONAL_COMMAND) forgiven.add(id);
      await opened;
      browser.send(data.toString());
    });
    browser.on("message", (data) => {
      const { id, error } = JSON.parse(data);
      const isForgiven = forgiven.delete(id) && error === "unknown command";
      playwright.send(isForgiven ? JSON.stringify({ type: "success", id, result: {} }) : data.toString());
    });
    browser.on("close", () => playwright.close());
    playwright.on("close", () => browser.close());
    for (const socket of [browser, playwright]) socket.on("error", (error) => console.error(error.message));
  });
}
