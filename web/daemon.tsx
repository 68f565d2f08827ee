/// <reference types="vite/client" />
import { render } from "preact";
import { createDaemonClient } from "./engine/daemon/daemon-client.ts";
import { App } from "./ui/app.tsx";
import { DaemonReach } from "./ui/daemon/daemon-reach.tsx";
import { DaemonStart } from "./ui/daemon/daemon-start.tsx";
import { speak } from "./ui/texts/language.ts";
import "./styles.ts";
import "./ui/daemon/daemon.css";

const page = document.getElementById("app");
if (page !== null) void open(page); // Not awaited here: what loads later needs this file, which would wait for it.

/** Draws the page of a daemon once it speaks its language. */
async function open(page: HTMLElement): Promise<void> {
  const client = createDaemonClient();
  await speak(client.settings.value.language);
  render(
    <App client={client} daemon={{ desk: client.daemon, Reach: DaemonReach, Start: DaemonStart }} />,
    page,
  );
}
