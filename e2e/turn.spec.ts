import { createHmac } from "node:crypto";
import type { BrowserContext } from "@playwright/test";
import { findCoturn, NO_COTURN, startCoturn } from "./coturn.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { NO_NETWORK, ownAddress } from "./own-address.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "film.bin";
const SECRET = "a secret of this test only";
const ADDRESS = ownAddress() ?? "";

test.skip(isMissing(findCoturn(), NO_COTURN), NO_COTURN);
test.skip(isMissing(ADDRESS, NO_NETWORK), NO_NETWORK);

declare global {
  interface Window {
    /** The kinds of addresses from which this page's links ran. */
    readRoutes: () => readonly string[];
    /** Whether a TURN server gives an address to whoever comes with this password. The error's code if it does not. */
    getRelay: (server: RTCIceServer) => Promise<true | number>;
  }
}

/** Runs in a page before its scripts, and makes its links use nothing but TURN servers, as the strictest routers do. */
function relayOnly(): void {
  const routes = new Set<string>();
  const note = async (connection: RTCPeerConnection): Promise<void> => {
    if (connection.iceConnectionState !== "connected") return;
    const stats = await connection.getStats();
    for (const entry of stats.values()) {
      if (entry.type === "candidate-pair" && entry.state === "succeeded")
        routes.add(stats.get(entry.localCandidateId).candidateType);
    }
  };
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(config?: RTCConfiguration) {
      super({ ...config, iceTransportPolicy: "relay" });
      this.addEventListener("iceconnectionstatechange", () => void note(this));
    }
  };
  window.readRoutes = () => [...routes];
  window.getRelay = async (server) => {
    const connection = new Original({ iceServers: [server], iceTransportPolicy: "relay" });
    connection.createDataChannel("");
    const outcome = new Promise<true | number>((resolve) => {
      connection.onicecandidate = ({ candidate }) => candidate?.type === "relay" && resolve(true);
      connection.onicecandidateerror = ({ errorCode }) => resolve(errorCode);
    });
    await connection.setLocalDescription(await connection.createOffer());
    return outcome.finally(() => connection.close());
  };
}

test("two tabs that can only use a TURN server share through it, by passwords that the tracker makes", async ({
  folder,
  newPerson,
}) => {
  const turn = await startCoturn(ADDRESS, SECRET, folder);
  const tracker = await runTracker("--turn-url", turn, "--turn-secret", SECRET);
  const behindStrictRouter = async (): Promise<BrowserContext> => {
    const person = await newPerson();
    await person.addInitScript(relayOnly);
    return person;
  };
  const path = await randomFile(folder, NAME, 4 * MIB);
  const seeder = await openSeeder(await behindStrictRouter(), tracker.url, path);
  const leecher = await openTab(await behindStrictRouter(), tracker.url);
  await leecher.download(await seeder.magnetLink(NAME));
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
  expect(await leecher.page.evaluate(() => window.readRoutes())).toEqual(["relay"]);

  await test.step("who is late or made the password up gets nothing", async () => {
    const config = await (await fetch(`${tracker.url}config.json`)).json();
    expect(JSON.stringify(config)).not.toContain(SECRET);
    const [fresh] = config.iceServers;
    const tryWith = (server: RTCIceServer) =>
      leecher.page.evaluate((given) => window.getRelay(given), server);
    expect(await tryWith(fresh)).toBe(true);
    const username = `${Math.floor(Date.now() / 1_000) - 1}:late`;
    const credential = createHmac("sha1", SECRET).update(username).digest("base64");
    expect(await tryWith({ ...fresh, username, credential })).toBe(401);
    expect(await tryWith({ ...fresh, credential: "made up" })).toBe(401);
  });
  await tracker.stop();
});
