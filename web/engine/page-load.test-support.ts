import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentPhase, TorrentView } from "#shared/session/view.ts";
import type { Settings } from "./client.ts";
import { NEVER } from "./controls.ts";
import type { Database, TabId } from "./database.ts";
import { lasting } from "./lasting.test-support.ts";
import { readPageConfig } from "./page-config.ts";
import type { Tab } from "./tab.ts";
import { TorrentLinks } from "./torrent-links.ts";
import type { Kept } from "./torrent-list.ts";
import { Torrents } from "./torrents.ts";
import type { PageInput } from "./worker/messages.ts";
import type { PageEngine } from "./worker/page-engine.ts";

export const TAB = { id: "tab" as TabId, claimAgain: async () => {} } as unknown as Tab;
const SESSION = { getItem: () => null, removeItem: () => {} } as unknown as Storage;

/** A page load with the torrents in the database, and all that its engine was told. The engine shows `views`, and pauses and resumes them. */
export async function pageLoad(
  database: Database,
  shown: readonly TorrentView[],
  settings: Partial<Settings> = {},
) {
  const fed: PageInput[] = [];
  const views = new Map(shown.map((view) => [view.infoHash, view]));
  const show = (infoHash: InfoHash, change: Partial<TorrentView>): void => {
    const view = views.get(infoHash);
    if (view !== undefined) views.set(infoHash, { ...view, ...change });
  };
  const runs = new Map(shown.map(({ infoHash, phase }) => [infoHash, phase]));
  const turn = (infoHash: InfoHash, phase: TorrentPhase | undefined): void =>
    show(infoHash, { phase: phase ?? "seeding" });
  const engine = {
    feed(input: PageInput) {
      fed.push(input);
      if (input.type === "torrentPaused") turn(input.infoHash, "paused");
      if (input.type === "torrentResumed") turn(input.infoHash, runs.get(input.infoHash));
    },
    bytesAre: () => {},
    caughtUp: async () => {},
    startGate: () => ({ connection: undefined, asksFirst: settings.asksFirst ?? false }),
    view: () => [...views.values()],
  } as unknown as PageEngine;
  const location = new URL("http://a.example:8000/") as unknown as Location;
  const links = new TorrentLinks(readPageConfig({}, location), "ws://a.example:8000/" as TrackerUrl, false);
  const kept = { database, databases: lasting(database), tab: TAB } as Kept;
  const fail = (error: unknown): never => {
    throw error;
  };
  const all = { stopAt: NEVER, ...settings } as Settings;
  const torrents = new Torrents(
    kept,
    links,
    () => all,
    fail,
    () => engine,
  );
  await torrents.restore(SESSION);
  const [entry] = torrents.entries();
  if (entry === undefined) throw new Error("the torrents of before are gone");
  return { torrents, fed, entry, show };
}
