import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { onDisk } from "#headless-peer/files/disk-error.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";

/** What is kept for a tracker: the key of a log-in, or the key with which a published torrent can be unpublished. */
export type SecretName = "login-key" | `owner-key-${InfoHash}`;

/** No secret is longer. */
const MAX_SECRET_BYTES = 4_096;

/**
 * Secrets for trackers, in files that only the user can read, below `tabswarm` in the folder where the system keeps settings.
 * Each is a file of its own, so that commands that run at the same time do not lose each other's.
 */
export class KeptSecrets {
  readonly #folder: string;

  constructor(folder = join(settingsFolder(process.env, process.platform), "tabswarm")) {
    this.#folder = folder;
  }

  /** Undefined: there is none. Rejects with a `StorageError` when it cannot be read. */
  async read(tracker: TrackerUrl, name: SecretName): Promise<string | undefined> {
    const path = this.#pathOf(tracker, name);
    const text = await onDisk(path, () => readFile(path, "utf8").catch(noneIfMissing));
    const secret = text?.slice(0, MAX_SECRET_BYTES).trim();
    return secret === "" ? undefined : secret;
  }

  /** Keeps it instead of any before, and returns the path. Rejects with a `StorageError` when it cannot be written. */
  async keep(tracker: TrackerUrl, name: SecretName, secret: string): Promise<string> {
    const path = this.#pathOf(tracker, name);
    await onDisk(path, async () => {
      await mkdir(this.#folderOf(tracker), { recursive: true, mode: 0o700 });
      const temporary = `${path}.${randomBytes(6).toString("hex")}`;
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(`${secret}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    });
    return path;
  }

  /** Does nothing if there is none. */
  async forget(tracker: TrackerUrl, name: SecretName): Promise<void> {
    const path = this.#pathOf(tracker, name);
    await onDisk(path, () => rm(path, { force: true }));
  }

  #pathOf(tracker: TrackerUrl, name: SecretName): string {
    return join(this.#folderOf(tracker), name);
  }

  /** One folder for each tracker, by its origin, whose encoding any file system takes. */
  #folderOf(tracker: TrackerUrl): string {
    return join(this.#folder, encodeURIComponent(new URL(tracker).origin));
  }
}

/** Where programs keep what belongs to a user, by the custom of the system. */
export function settingsFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const { XDG_CONFIG_HOME: named, APPDATA: roaming } = environment;
  if (platform === "win32" && roaming) return roaming;
  if (named?.startsWith("/")) return named; // A relative one is to be ignored, says the XDG specification.
  return platform === "darwin"
    ? join(homedir(), "Library", "Application Support")
    : join(homedir(), ".config");
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
