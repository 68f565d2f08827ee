import { Icon } from "../icons.tsx";
import { LinkBox } from "../link-box.tsx";
import { EXPORT_TORRENT } from "./card-texts.ts";
import type { CardView } from "./card-view.ts";

interface MoreLinksProps {
  readonly view: CardView;
  readonly onSaveTorrent: () => void;
}

/** What other BitTorrent programs understand: the magnet link, the info-hash and the .torrent file. */
export function MoreLinks({ view, onSaveTorrent }: MoreLinksProps) {
  const { infoHash, magnetLink } = view;
  if (infoHash === undefined || magnetLink === undefined) return null;
  const titleId = `title-${view.key}`;
  return (
    <>
      <LinkBox label="Magnet link" button="Copy magnet" value={magnetLink} describedBy={titleId} />
      <LinkBox label="Info-hash" button="Copy info-hash" value={infoHash} describedBy={titleId} />
      {view.hasMetadata && (
        <button type="button" class="button" aria-describedby={titleId} onClick={onSaveTorrent}>
          <Icon name="file" />
          {EXPORT_TORRENT}
        </button>
      )}
    </>
  );
}
