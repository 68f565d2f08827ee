/// <reference types="vite/client" />
import { render } from "preact";
import type { Client } from "./engine/client.ts";
import { createLiveClient } from "./engine/live.ts";
import { App } from "./ui/app.tsx";
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import "./ui/styles/controls.css";
import "./ui/styles/overlays.css";
import "./ui/styles/page.css";
import "./ui/card/card.css";
import "./ui/details/details.css";
import "./ui/files/files.css";
import "./ui/list/list.css";
import "./ui/styles/forced-colors.css";

/** The step by which time advances in `npm run dev:fake`. */
const FAKE_STEP_MILLIS = 250;

const page = document.getElementById("app");
if (page !== null) render(<App client={await createClient()} />, page);

// Only this file knows which client runs. The live one is in the first file: that is smaller than two files, and faster.
async function createClient(): Promise<Client> {
  return import.meta.env.MODE === "fake" ? createFake() : createLiveClient();
}

/** `?scene=empty|few|busy|many` chooses the list, `?person=guest|member|admin` who uses it, `?still` stops time. */
async function createFake(): Promise<Client> {
  const { createFakeClient } = await import("./engine/fake.ts");
  const wishes = new URLSearchParams(location.search);
  const scene = wishes.get("scene");
  const person = wishes.get("person");
  const client = createFakeClient(
    scene === "empty" || scene === "few" || scene === "many" ? scene : "busy",
    person === "guest" || person === "member" || person === "admin" ? person : "nobody",
  );
  if (!wishes.has("still")) setInterval(() => client.advance(FAKE_STEP_MILLIS / 1000), FAKE_STEP_MILLIS);
  return client;
}
