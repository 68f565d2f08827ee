import { Command } from "commander";
import type { TorrentReference } from "#headless-peer/sources/named-torrent.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { mayBeCalled } from "#shared/base/tracker-rule.ts";
import type { LogFlags } from "../flags/log.ts";
import { parseTabswarmTracker } from "../flags/tabswarm-tracker-flag.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { TrackerCatalog } from "../sources/catalog.ts";
import { readTorrentReferences } from "../sources/torrent-reference.ts";

interface UnpublishFlags extends LogFlags {
  readonly tracker?: TrackerUrl;
}

/** `tabswarm unpublish`: removes torrents from the catalog of a Tabswarm tracker. */
export function unpublishCommand(): Command {
  const command = new Command("unpublish")
    .description("remove a torrent that you have published from the catalog of a Tabswarm tracker")
    .argument("<torrent|magnet>", ".torrent file, magnet link, share link or info-hash")
    .option(
      "--tracker <url>",
      "Tabswarm tracker, such as http://host:8000; by default that of the share link",
      parseTabswarmTracker,
    );
  return withCommonFlags(command).action(unpublish);
}

/** What looks like a share link. */
const WITH_PAGE = /https?:\/\/[^\s#]+#/i;

async function unpublish(
  text: string,
  { tracker: typed, ...flags }: UnpublishFlags,
  command: Command,
): Promise<void> {
  if (typed === undefined && !WITH_PAGE.test(text))
    command.error("error: Pass --tracker, or the share link, which names the tracker.");
  await runOnce("unpublish", flags, async ({ log, warn }) => {
    for (const reference of await readTorrentReferences(text, warn)) {
      const { infoHash } = reference.type === "torrent" ? reference.torrent : reference.link;
      const tracker = typed ?? trackerOf(reference);
      await new TrackerCatalog(tracker).unpublish(infoHash);
      log.info({ tracker, infoHash }, "unpublished");
      if (flags.json) console.log(JSON.stringify({ type: "unpublished", infoHash, tracker }));
      else console.log(`${infoHash} is no longer in the catalog of ${tracker}`);
    }
  });
}

/** The tracker whose page a share link opens. */
function trackerOf(reference: TorrentReference): TrackerUrl {
  const page = reference.type === "link" ? reference.link.page : undefined;
  if (page !== undefined && mayBeCalled(page)) return page;
  throw new UsageError("noTracker", "This does not name a tracker with a catalog. Pass --tracker.");
}
