/// <reference types="vite/client" />
import { render } from "preact";
import type { Client } from "./engine/client.ts";
import { createLiveClient } from "./engine/live.ts";
import { App } from "./ui/app.tsx";
import "./ui/style.css";
import "./ui/card.css";

/** Made-up time passes in steps of this length in `npm run dev:fake`. */
const FAKE_STEP_MILLIS = 250;

const page = document.getElementById("app");
if (page !== null) render(<App client={await createClient()} />, page);

// The one place that knows which client there is. One file with the live one is smaller than two, and sooner here.
async function createClient(): Promise<Client> {
  return import.meta.env.MODE === "fake" ? createFake() : createLiveClient();
}

/** `?scene=empty|few|busy|many` chooses what is seen, `?still` stops the time. */
async function createFake(): Promise<Client> {
  const { createFakeClient } = await import("./engine/fake.ts");
  const wishes = new URLSearchParams(location.search);
  const scene = wishes.get("scene");
  const client = createFakeClient(scene === "empty" || scene === "few" || scene === "many" ? scene : "busy");
  if (!wishes.has("still")) setInterval(() => client.advance(FAKE_STEP_MILLIS / 1000), FAKE_STEP_MILLIS);
  return client;
}
