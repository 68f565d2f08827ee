import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Entry } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { later } from "../later.tsx";
import { type CardActions, CardButtons } from "./card-actions.tsx";
import { CardHead } from "./card-head.tsx";
import { CardLinks } from "./card-links.tsx";
import { type CardView, cardView } from "./card-view.ts";

interface TorrentCardProps {
  readonly entry: Entry;
  /** The page asks the person to log in. */
  readonly isGuest: boolean;
  /** It was added since the page was opened. */
  readonly isFresh: boolean;
  readonly actions: CardActions;
}

const Publish = later(async () => (await import("../views/publish.tsx")).loadPublish());
const Receivers = later(async () => (await import("./receivers.tsx")).Receivers);
const NoticeChoice = later(async () => (await import("../tab/notice-choice.tsx")).NoticeChoice);
const Details = later(async () => (await import("../details/details.tsx")).Details);

/** One entry of the list. It is redrawn only if something that it shows has changed. */
export function TorrentCard({ entry, isGuest, isFresh, actions }: TorrentCardProps) {
  const [open, setOpen] = useState(false);
  // Fetched now, as the page's server may be gone when they are opened. What fails is tried again then.
  useEffect(() => {
    Details.prepare();
    Receivers.prepare();
  }, []);
  const article = useRef<HTMLElement>(null);
  // Somebody who adds a torrent sees it, and its link as soon as there is one.
  useEffect(() => {
    if (isFresh) article.current?.scrollIntoView({ block: "nearest" });
  }, [isFresh, entry.state === "hashing"]);
  const view = useStable(cardView(entry, isGuest));
  const torrent = entry.state !== "hashing" && view.hasReceivers ? entry.torrent : undefined;
  const head = useMemo(() => <CardHead view={view} />, [view]);
  const receivers = useMemo(
    () => torrent && <Receivers torrent={torrent} titleId={`title-${view.key}`} />,
    [torrent, view.key],
  );
  const body = useMemo(
    () => <CardBody {...{ view, isFresh, actions, open }} onToggle={() => setOpen(!open)} />,
    [view, isFresh, actions, open],
  );
  return (
    <article
      ref={article}
      data-state={entry.state}
      data-infohash={view.infoHash}
      aria-labelledby={`title-${view.key}`}
    >
      {head}
      {receivers}
      {body}
      {entry.state === "downloading" && <NoticeChoice />}
      {entry.state !== "hashing" && entry.torrent.pieceCount > 0 && (
        <Publish client={actions.client} entryKey={entry.key} infoHash={entry.infoHash} />
      )}
      {open && entry.state !== "hashing" && <Details id={`details-${view.key}`} torrent={entry.torrent} />}
    </article>
  );
}

interface CardBodyProps {
  readonly view: CardView;
  readonly isFresh: boolean;
  readonly actions: CardActions;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function CardBody({ view, isFresh, actions, open, onToggle }: CardBodyProps) {
  // The person sends the link of their own files, but starts, saves or pauses a download.
  const links = <CardLinks key="links" view={view} isFresh={isFresh} actions={actions} />;
  return (
    <>
      {!view.hasReceivers && <p class="sentence">{view.sentence}</p>}
      {view.warning !== undefined && (
        <p class="warning">
          <Icon name="warning" />
          {view.warning}
        </p>
      )}
      {view.isOwn && links}
      <CardButtons view={view} actions={actions} open={open} onToggle={onToggle} />
      {!view.isOwn && links}
    </>
  );
}

/** Returns the previous object as long as all its values are the same. */
function useStable(view: CardView): CardView {
  const last = useRef(view);
  if (!equalViews(last.current, view)) last.current = view;
  return last.current;
}

function equalViews(left: CardView, right: CardView): boolean {
  const before = Object.values(left);
  return Object.values(right).every((value, at) => value === before[at]);
}
