import { CopyBox } from "../copy-box.tsx";
import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
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
      {view.shareLink !== undefined && (
        <CopyBox
          label={texts.links.magnetLink}
          button={texts.links.copyMagnet}
          value={magnetLink}
          describedBy={titleId}
        />
      )}
      {view.lock === "open" && <p class="hint">{texts.links.magnetWithoutKey}</p>}
      <CopyBox
        label={texts.links.infoHash}
        button={texts.links.copyInfoHash}
        value={infoHash}
        describedBy={titleId}
      />
      {view.hasMetadata && (
        <button type="button" class="button" aria-describedby={titleId} onClick={onSaveTorrent}>
          <Icon name="file" />
          {texts.links.exportTorrent}
        </button>
      )}
    </>
  );
}
