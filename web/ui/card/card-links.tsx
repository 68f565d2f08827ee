import { useEffect, useState } from "preact/hooks";
import { CopyBox } from "../copy-box.tsx";
import { Icon } from "../icons.tsx";
import { later } from "../later.tsx";
import { texts } from "../texts/texts.ts";
import type { CardActions } from "./card-actions.tsx";
import type { CardView } from "./card-view.ts";
import { MoreLinks } from "./more-links.tsx";

interface CardLinksProps {
  readonly view: CardView;
  /** Somebody has just shared this: the whole link stands there, with its QR code. */
  readonly isFresh: boolean;
  readonly actions: Pick<CardActions, "saveTorrentFile">;
}

const QrCode = later(async () => (await import("./qr-code.tsx")).QrCode);

/** The share link of a torrent, what it needs, and under `More` every other way to name the torrent. */
export function CardLinks({ view, isFresh, actions }: CardLinksProps) {
  const [open, setOpen] = useState(false);
  useEffect(QrCode.prepare, []); // Fetched now, as the page's server may be gone when it is shown.
  const { key, shareLink } = view;
  const link = shareLink ?? view.magnetLink;
  if (link === undefined) return null;
  const isHero = isFresh && view.isOwn && view.state === "seeding";
  const titleId = `title-${key}`;
  const moreId = `more-${key}`;
  return (
    <div class={isHero ? "links hero" : "links"}>
      {isHero && <QrCode text={link} />}
      <CopyBox {...namesOf(view)} value={link} describedBy={titleId} look={isHero ? "whole" : "line"} />
      <div class="row">
        {isHero && <SystemShare link={link} title={view.title} titleId={titleId} />}
        <button
          type="button"
          class="button quiet"
          aria-describedby={titleId}
          aria-expanded={open}
          aria-controls={moreId}
          onClick={() => setOpen(!open)}
        >
          <Icon name="chevron" />
          {texts.card.more}
        </button>
      </div>
      {view.linkNote !== undefined && <p class="hint">{view.linkNote}</p>}
      <div id={moreId} class="more-links" hidden={!open}>
        {open && !isHero && <QrCode text={link} />}
        <MoreLinks view={view} onSaveTorrent={() => actions.saveTorrentFile(key)} />
      </div>
    </div>
  );
}

/** What the link that people send is called: where no page opens a torrent, that is the magnet link. */
export function namesOf({ shareLink }: CardView): { readonly label: string; readonly button: string } {
  const { links } = texts;
  return shareLink === undefined
    ? { label: links.magnetLink, button: links.copyMagnet }
    : { label: links.shareLink, button: links.copyLink };
}

interface SystemShareProps {
  readonly link: string;
  readonly title: string;
  readonly titleId: string;
}

/** Hands the link to the device's own share sheet. Browsers have one on https only, and not all of them. */
function SystemShare({ link, title, titleId }: SystemShareProps) {
  if (typeof navigator.share !== "function") return null;
  const share = (): void => {
    // Somebody who changes their mind rejects it, too. The link is still here to be copied.
    navigator.share({ title: texts.links.sharedTitle(title), url: link }).catch(() => {});
  };
  return (
    <button type="button" class="button" aria-describedby={titleId} onClick={share}>
      <Icon name="upload" />
      {texts.links.share}
    </button>
  );
}
