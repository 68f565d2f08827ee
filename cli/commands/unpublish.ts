import { Command } from "commander";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { LogFlags } from "../flags/log.ts";
import { parseTabswarmTracker } from "../flags/tabswarm-tracker-flag.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { TrackerCatalog } from "../sources/catalog.ts";
import { readTorrentReferences } from "../sources/torrent-reference.ts";

interface UnpublishFlags extends LogFlags {
  readonly tracker: TrackerUrl;
}

/** `tabswarm unpublish`: removes torrents from the catalog of a Tabswarm tracker. */
export function unpublishCommand(): Command {
  const command = new Command("unpublish")
    .description("remove a torrent that you have published from the catalog of a Tabswarm tracker")
    .argument("<torrent|magnet>", ".torrent file, magnet link, share link or info-hash")
    .requiredOption("--tracker <url>", "Tabswarm tracker, such as http://host:8000", parseTabswarmTracker);
  return withCommonFlags(command).action(unpublish);
}

async function unpublish(text: string, { tracker, ...flags }: UnpublishFlags): Promise<void> {
  await runOnce("unpublish", flags, async ({ log, warn }) => {
    const catalog = new TrackerCatalog(tracker);
    for (const reference of await readTorrentReferences(text, warn)) {
      const { infoHash } = reference.type === "torrent" ? reference.torrent : reference.link;
      await catalog.unpublish(infoHash);
      log.info({ tracker, infoHash }, "unpublished");
      if (flags.json) console.log(JSON.stringify({ type: "unpublished", infoHash, tracker }));
      else console.log(`${infoHash} is no longer in the catalog of ${tracker}`);
    }
  });
}
