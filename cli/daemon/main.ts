import { messageOf, UsageError } from "#shared/base/errors.ts";
import type { TorrentLimits } from "../flags/limit-flags.ts";
import type { PeerFlags } from "../flags/peer-flags.ts";
import type { Run } from "../once.ts";
import type { PeerNews } from "../peer-news.ts";
import { catalogsAt, Publisher, publishText } from "../publisher.ts";
import type { ConfigWishes } from "../sources/start-config.ts";
import { findTrackers } from "../sources/trackers.ts";
import { startPeer } from "../start-peer.ts";
import { Adder } from "./adder.ts";
import { openApi, type RunningApi } from "./api/server.ts";
import { claimFolder, refuseSecond, releaseFolder } from "./claim.ts";
import { takeConfig } from "./config-wishes.ts";
import { Daemon } from "./daemon.ts";
import { Origins } from "./origins.ts";
import { StateFolder } from "./state-folder.ts";
import { WatchedFolder } from "./watched-folder.ts";

/** How a daemon runs. All paths are absolute. */
export interface DaemonOptions {
  readonly flags: PeerFlags;
  /** Of each new torrent that has no limits of its own. */
  readonly limits: TorrentLimits;
  readonly wishes: ConfigWishes;
  /** Where downloads go. */
  readonly folder: string;
  readonly stateFolder: string;
  /** A folder for .torrent files and links. Undefined: none. */
  readonly watch: string | undefined;
  readonly onComplete: string | undefined;
  readonly api: { readonly host: string; readonly port: number };
  /** The built page. Undefined: it is not served. */
  readonly pageFolder: string | undefined;
  readonly version: string;
}

/** A daemon that runs. */
export interface RunningDaemon {
  readonly url: string;
  readonly token: string;
  readonly port: number | undefined;
  /** Resolves when it has again what it had, and has taken in what its config and its watched folder name. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** Starts a daemon. Rejects with a sentence if it cannot listen, or its state folder cannot be used or is in use. */
export async function startDaemon(
  options: DaemonOptions,
  run: Run,
  tell: (news: PeerNews) => void,
): Promise<RunningDaemon> {
  const { flags, limits, folder, stateFolder, onComplete } = options;
  const startedAt = Date.now();
  await refuseSecond(stateFolder);
  const state = await StateFolder.open(stateFolder, (error) =>
    run.warn(
      `The state of the daemon cannot be written (${messageOf(error)}). It is tried again at the next change.`,
    ),
  );
  const token = await state.token();
  const named = await findTrackers(flags.tracker, run.warn);
  const peer = await startPeer(flags, named, run);
  const { rateUp, rateDown } = flags;
  const initial = { rateUp, rateDown, maxPeers: undefined };
  const publisher = new Publisher(catalogsAt(flags.tracker), {
    warn: run.warn,
    told: ({ outcome, ...news }) =>
      tell({ text: publishText({ outcome, ...news }), fact: { type: outcome, ...news } }),
  });
  const daemon = new Daemon({ peer, named, state, limits: initial, onComplete, publisher, run, tell });
  const adder = new Adder(daemon, { folder, limits }, run, tell);
  const open = async (): Promise<RunningApi> => {
    await daemon.load();
    return listen(options, daemon, adder, { token, startedAt }, run);
  };
  const api = await open().catch(async (error: unknown) => {
    await peer.close(); // The state may be that of a daemon that runs, so nothing is written to it.
    throw error;
  });
  const intake = new Intake(options, daemon, adder, state, run, tell);
  return {
    ...{ url: api.url, token, port: peer.port },
    ready: intake.run(),
    async close() {
      await intake.close();
      await api.close();
      await daemon.close().finally(() => releaseFolder(stateFolder));
    },
  };
}

async function listen(
  { api, pageFolder, stateFolder, version, folder }: DaemonOptions,
  daemon: Daemon,
  adder: Adder,
  { token, startedAt }: { readonly token: string; readonly startedAt: number },
  run: Run,
): Promise<RunningApi> {
  const failed = (error: unknown): void => run.log.error({ err: error }, "an API request failed");
  const facts = { version, startedAt, folder };
  const running = await openApi(daemon, adder, facts, { ...api, token, pageFolder, failed }).catch(
    (error: unknown) => {
      throw new UsageError(
        "listen",
        `The API cannot listen on ${api.host} port ${api.port} (${messageOf(error)}). Pass --api with another address.`,
      );
    },
  );
  try {
    await claimFolder(stateFolder, running.url);
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}

/** What a daemon takes in at its start and, from its watched folder, later. */
class Intake {
  readonly #options: DaemonOptions;
  readonly #daemon: Daemon;
  readonly #adder: Adder;
  readonly #origins: Origins;
  readonly #run: Run;
  readonly #tell: (news: PeerNews) => void;
  readonly #watched: WatchedFolder | undefined;

  constructor(
    options: DaemonOptions,
    daemon: Daemon,
    adder: Adder,
    state: StateFolder,
    run: Run,
    tell: (news: PeerNews) => void,
  ) {
    this.#options = options;
    this.#daemon = daemon;
    this.#adder = adder;
    this.#origins = new Origins(state);
    this.#run = run;
    this.#tell = tell;
    const { watch } = options;
    if (watch === undefined) return;
    this.#watched = new WatchedFolder(watch, this.#origins, {
      warn: run.warn,
      found: async (reference) => void (await adder.download(reference, {}, run.warn)),
    });
  }

  async run(): Promise<void> {
    await this.#origins.load();
    await this.#daemon.restore();
    await takeConfig(this.#options.wishes, this.#adder, this.#origins, this.#run, this.#tell);
    await this.#watched?.start();
  }

  async close(): Promise<void> {
    await this.#watched?.close();
  }
}
