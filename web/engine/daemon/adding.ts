import { fieldsOf, listOf } from "#shared/announce/json-fields.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { NewTorrentJson } from "#shared/daemon/daemon-api.ts";
import { findLinks, holdsLink } from "#shared/meta/links.ts";
import { MAX_TORRENT_FILE_BYTES } from "#shared/meta/metainfo.ts";
import type { Client } from "../client.ts";
import type { DaemonApi } from "./daemon-api.ts";
import { textIn } from "./parse-view.ts";

/** A path that cannot be shared is refused at once. What takes longer is being hashed, and shows in the list. */
const SOON_MILLIS = 1_000;

/** Sentences about one torrent. */
const MAX_WARNINGS = 20;

const NO_UPLOAD =
  "This page sends no files to the daemon. Put them on its machine, then type their path here, or share them there with: tabswarm add PATH";

/** What adding needs of the page. */
export interface AddingPorts {
  readonly api: Pick<DaemonApi, "ask">;
  readonly say: (kind: "error" | "info", text: string) => void;
  /** The sentence about a failure. Undefined: a bug, which is reported. */
  readonly explain: (error: unknown) => string | undefined;
  readonly excuse: (error: unknown) => void;
}

/** Adds torrents to a daemon. */
export function daemonAdding({
  api,
  say,
  explain,
  excuse,
}: AddingPorts): Pick<
  Client,
  "share" | "addLink" | "addTyped" | "addPasted" | "infoHashesIn" | "addTorrentFile"
> & { readonly sharePath: (path: string) => Promise<string | undefined> } {
  const add = async (wish: NewTorrentJson, isSlow = false): Promise<void> => {
    const { warnings } = fieldsOf(await api.ask({ method: "POST", path: "/torrents", body: wish, isSlow }));
    for (const warning of listOf(warnings).slice(0, MAX_WARNINGS)) say("info", textIn(warning) ?? "");
  };
  const addLink = (text: string): void => void add({ link: text }).catch(excuse);
  return {
    share: async () => void say("info", NO_UPLOAD),
    addLink,
    addTyped: (text) => add({ link: text }).then(() => undefined, explain),
    async addPasted(text) {
      const isLink = holdsLink(text);
      if (isLink) addLink(text);
      return isLink;
    },
    async infoHashesIn(text) {
      try {
        return findLinks(text).links.map(({ infoHash }) => infoHash);
      } catch {
        return [];
      }
    },
    addTorrentFile: (file) =>
      void readTorrent(file)
        .then((torrent) => add({ torrent }))
        .catch(excuse),
    async sharePath(path) {
      const added = add({ paths: [path] }, true).then(() => undefined, explain);
      const late = Symbol();
      const soon = new Promise<typeof late>((resolve) => setTimeout(resolve, SOON_MILLIS, late));
      const first = await Promise.race([added, soon]);
      if (first !== late) return first;
      void added.then((problem) => problem !== undefined && say("error", problem));
      return undefined;
    },
  };
}

/** A .torrent file in base64. Rejects with a `UsageError`. */
async function readTorrent(file: File): Promise<string> {
  if (file.size > MAX_TORRENT_FILE_BYTES)
    throw new UsageError("tooLarge", `${file.name} is too large to be a .torrent file.`);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ""));
    reader.onerror = () =>
      reject(new UsageError("unreadable", `The browser could not read ${file.name}. Choose it again.`));
    reader.readAsDataURL(file);
  });
}
