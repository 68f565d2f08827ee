import { useState } from "preact/hooks";
import type { ApiFile, ApiTorrentDetails } from "#shared/announce/tracker-api.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Account, Catalog, TrackerDesk } from "../../engine/client.ts";
import { formatBytes, formatPieceLength } from "../format.ts";
import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import { EntryFacts } from "./catalog.tsx";
import { catalogAsLeft } from "./catalog-place.ts";
import { Confirmed } from "./confirmed.tsx";
import { useAsked, useRefreshed } from "./desk.ts";
import { Problem, View } from "./parts.tsx";
import { PeersNow } from "./peer-table.tsx";

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
  const back = { href: catalogAsLeft(), text: texts.catalog.title };
  const { told, last, askAgain } = useAsked(() => catalog.details(infoHash), [catalog, infoHash]);
  useRefreshed(askAgain, DETAILS_REFRESH_MILLIS);
  const isGone = told?.ok === false && told.status === 404;
  const torrent = isGone ? undefined : last;
  if (told === undefined)
    return (
      <View title={texts.catalog.title} back={back}>
        {null}
      </View>
    );
  if (torrent === undefined) {
    return (
      <View title={texts.catalog.title} back={back}>
        {!told.ok && <Problem text={told.problem} onRetry={askAgain} />}
      </View>
    );
  }
  return (
    <View key={infoHash} title={torrent.name} back={back}>
      {!told.ok && <Problem text={told.problem} onRetry={askAgain} />}
      {torrent.description !== "" && (
        <p class="description" dir="auto">
          {torrent.description}
        </p>
      )}
      <EntryFacts torrent={torrent} />
      <EntryActions catalog={catalog} torrent={torrent} isMember={account.state === "member"} />
      <Peers catalog={catalog} infoHash={infoHash} />
      <section class="panel" aria-labelledby="entry-files">
        <h2 id="entry-files">{texts.counts.files(torrent.fileCount)}</h2>
        <p class="hint">
          {texts.catalog.piecesOf(torrent.pieceCount, formatPieceLength(torrent.pieceBytes))} ·{" "}
          {texts.catalog.infoHash(torrent.infoHash)}
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
          {texts.catalog.download}
        </button>
        <button
          type="button"
          class="button"
          aria-describedby={isMember ? "with-key" : undefined}
          onClick={save}
        >
          <Icon name="file" />
          {texts.catalog.getTorrent}
        </button>
        {canUnpublish && (
          <Confirmed
            label={texts.catalog.takeOut}
            question={texts.catalog.takeOutQuestion}
            onConfirm={unpublish}
          />
        )}
      </div>
      {isMember && (
        <p class="hint" id="with-key">
          {texts.catalog.withKey}
        </p>
      )}
      {problem !== undefined && <Problem text={problem} />}
    </>
  );
}

function Peers({ catalog, infoHash }: { readonly catalog: Catalog; readonly infoHash: InfoHash }) {
  return (
    <section class="panel" aria-labelledby="entry-peers">
      <h2 id="entry-peers">{texts.catalog.whoHasIt}</h2>
      <PeersNow catalog={catalog} infoHash={infoHash} labelledBy="entry-peers" />
    </section>
  );
}

function Files({ files, fileCount }: { readonly files: readonly ApiFile[]; readonly fileCount: number }) {
  const shown = files.slice(0, MAX_FILES_SHOWN);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard.
    <section class="scroll files" aria-label={texts.catalog.files} tabIndex={0}>
      <ul>
        {shown.map((file) => (
          <li key={file.path} class="file">
            <bdi>{file.path}</bdi>
            <span>{formatBytes(file.bytes)}</span>
          </li>
        ))}
      </ul>
      {fileCount > shown.length && <p class="note">{texts.catalog.andMore(fileCount - shown.length)}</p>}
    </section>
  );
}
