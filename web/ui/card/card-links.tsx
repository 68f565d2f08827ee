import { LinkBox } from "../link-box.tsx";
import type { CardView } from "./card-view.ts";

/** The links of a torrent, and how long they work. */
export function CardLinks({ view, titleId }: { readonly view: CardView; readonly titleId: string }) {
  if (view.shareLink === undefined || view.magnetLink === undefined) return null;
  return (
    // People save a download but send the link of their own file, so only then does the link stand out.
    <div class={view.state === "seeding" && !view.canSave ? "links featured" : "links"}>
      <LinkBox label="Share link" button="Copy link" value={view.shareLink} describedBy={titleId} />
      <LinkBox label="Magnet link" button="Copy magnet" value={view.magnetLink} describedBy={titleId} />
      {view.linkNote !== undefined && <p class="hint">{view.linkNote}</p>}
    </div>
  );
}
