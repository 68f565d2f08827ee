/// <reference types="vite/client" />
import { render } from "preact";
import type { Client } from "./engine/client.ts";
import { createLiveClient } from "./engine/live.ts";
import { App } from "./ui/app.tsx";
import { speak } from "./ui/texts/language.ts";
import "./styles.ts";

/** The step by which time advances in `npm run dev:fake`. */
const FAKE_STEP_MILLIS = 250;
const SCENES = ["empty", "few", "busy", "many", "troubled", "tabs", "nearby", "encrypted"] as const;

const page = document.getElementById("app");
if (page !== null) void open(page); // Not awaited here: what loads later needs this file, which would wait for it.

/** Draws the page once it speaks its language: nobody shall see it in two. */
async function open(page: HTMLElement): Promise<void> {
  const client = await createClient();
  await speak(client.settings.value.language);
  render(<App client={client} />, page);
}

// Only this file knows which client runs. The live one is in the first file: that is smaller than two files, and faster.
async function createClient(): Promise<Client> {
  return import.meta.env.MODE === "fake" ? createFake() : createLiveClient();
}

/** `?scene=empty|few|busy|many|troubled|tabs|nearby|encrypted` chooses the list, `?person=guest|member|admin` who uses it, `?still` stops time. */
async function createFake(): Promise<Client> {
  const { createFakeClient } = await import("./engine/fake.ts");
  const wishes = new URLSearchParams(location.search);
  const scene = SCENES.find((name) => name === wishes.get("scene"));
  const person = wishes.get("person");
  const client = createFakeClient(
    scene ?? "busy",
    person === "guest" || person === "member" || person === "admin" ? person : "nobody",
  );
  if (!wishes.has("still")) setInterval(() => client.advance(FAKE_STEP_MILLIS / 1000), FAKE_STEP_MILLIS);
  return client;
}
