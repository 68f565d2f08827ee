import { useState } from "preact/hooks";
import type { ApiFile, ApiTorrentDetails } from "#shared/announce/tracker-api.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Account, Catalog, TrackerDesk } from "../../engine/client.ts";
import { formatBytes, formatCount, formatPieceLength, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { EntryFacts } from "./catalog.tsx";
import { catalogAsLeft } from "./catalog-place.ts";
import { Confirmed } from "./confirmed.tsx";
import { useAsked, useRefreshed } from "./desk.ts";
import { Problem, View } from "./parts.tsx";
import { PeersNow } from "./peer-table.tsx";
import { UNPUBLISH_QUESTION, WITH_KEY } from "./texts.ts";

/** Browsers draw this many rows without delay, and nobody reads more. */
const MAX_FILES_SHOWN = 500;

/** The answer names every file, so the page asks for it less often than for the peers. */
const DETAILS_REFRESH_MILLIS = 30_000;

interface EntryViewProps {
  readonly desk: TrackerDesk;
  readonly account: Account;
  readonly infoHash: InfoHash;
}

/** One entry of the catalog: its files, its peers, and how to get it. */
export function EntryView({ desk, account, infoHash }: EntryViewProps) {
  const { catalog } = desk;
  const back = { href: catalogAsLeft(), text: "Catalog" };
  const { told, last, askAgain } = useAsked(() => catalog.details(infoHash), [catalog, infoHash]);
  useRefreshed(askAgain, DETAILS_REFRESH_MILLIS);
  const isGone = told?.ok === false && told.status === 404;
  const torrent = isGone ? undefined : last;
  if (told === undefined)
    return (
      <View title="Catalog" back={back}>
        {null}
      </View>
    );
  if (torrent === undefined) {
    return (
      <View title="Catalog" back={back}>
        {!told.ok && <Problem text={told.problem} onRetry={askAgain} />}
      </View>
    );
  }
  return (
    <View key={infoHash} title={torrent.name} back={back}>
      {!told.ok && <Problem text={told.problem} onRetry={askAgain} />}
      {torrent.description !== "" && <p class="description">{torrent.description}</p>}
      <EntryFacts torrent={torrent} />
      <EntryActions catalog={catalog} torrent={torrent} isMember={account.state === "member"} />
      <Peers catalog={catalog} infoHash={infoHash} />
      <section class="panel" aria-labelledby="entry-files">
        <h2 id="entry-files">{plural(torrent.fileCount, "file", "files")}</h2>
        <p class="hint">
          {plural(torrent.pieceCount, "piece", "pieces")} of {formatPieceLength(torrent.pieceBytes)} ·
          info-hash {torrent.infoHash}
        </p>
        <Files files={torrent.files} fileCount={torrent.fileCount} />
      </section>
    </View>
  );
}

interface EntryActionsProps {
  readonly catalog: Catalog;
  readonly torrent: ApiTorrentDetails;
  readonly isMember: boolean;
}

function EntryActions({ catalog, torrent, isMember }: EntryActionsProps) {
  const { infoHash, name, canUnpublish } = torrent;
  const [problem, setProblem] = useState<string | undefined>();
  const save = async (): Promise<void> => {
    const told = await catalog.saveTorrentFile(infoHash, name);
    setProblem(told.ok ? undefined : told.problem);
  };
  const unpublish = async (): Promise<void> => {
    const told = await catalog.unpublish(infoHash);
    if (told.ok) location.hash = catalogAsLeft();
    else setProblem(told.problem);
  };
  return (
    <>
      <div class="row">
        {/* The address of a download is its share link: it starts, and the list is shown. */}
        <button
          type="button"
          class="button strong"
          onClick={() => {
            location.hash = `#${infoHash}&dn=${encodeURIComponent(name)}`;
          }}
        >
          <Icon name="download" />
          Download
        </button>
        <button
          type="button"
          class="button"
          aria-describedby={isMember ? "with-key" : undefined}
          onClick={save}
        >
          <Icon name="file" />
          Get the .torrent
        </button>
        {canUnpublish && (
          <Confirmed label="Take out of the catalog" question={UNPUBLISH_QUESTION} onConfirm={unpublish} />
        )}
      </div>
      {isMember && (
        <p class="hint" id="with-key">
          {WITH_KEY}
        </p>
      )}
      {problem !== undefined && <Problem text={problem} />}
    </>
  );
}

function Peers({ catalog, infoHash }: { readonly catalog: Catalog; readonly infoHash: InfoHash }) {
  return (
    <section class="panel" aria-labelledby="entry-peers">
      <h2 id="entry-peers">Who has it</h2>
      <PeersNow catalog={catalog} infoHash={infoHash} labelledBy="entry-peers" />
    </section>
  );
}

function Files({ files, fileCount }: { readonly files: readonly ApiFile[]; readonly fileCount: number }) {
  const shown = files.slice(0, MAX_FILES_SHOWN);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard.
    <section class="scroll files" aria-label="List of files" tabIndex={0}>
      <ul>
        {shown.map((file) => (
          <li key={file.path} class="file">
            <span>{file.path}</span>
            <span>{formatBytes(file.bytes)}</span>
          </li>
        ))}
      </ul>
      {fileCount > shown.length && <p class="note">… and {formatCount(fileCount - shown.length)} more.</p>}
    </section>
  );
}
