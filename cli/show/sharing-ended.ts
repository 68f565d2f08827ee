import type { EndReason } from "#headless-peer/sharing-ends.ts";
import { printable } from "#shared/base/printable.ts";
import type { TorrentView } from "#shared/session/view.ts";

const WHY: Readonly<Record<EndReason, string>> = {
  ratio: "it has sent its size as many times as you chose",
  time: "its time is up, as you chose",
  downloads: "as many people as you chose have everything",
  moment: "the time that you chose has come",
};

/** What a command prints when a torrent is no longer shared: a sentence, or JSON. */
export function sharingEndedLine(view: TorrentView, because: EndReason, asJson: boolean): string {
  return asJson
    ? JSON.stringify(sharingEndedFact(view, because))
    : printable(sharingEndedText(view, because));
}

/** Says why a torrent is no longer shared. */
export function sharingEndedText({ name }: Pick<TorrentView, "name">, because: EndReason): string {
  return `${name} is no longer shared: ${WHY[because]}.`;
}

/** The same for a program. */
export function sharingEndedFact(
  { name, infoHash }: Pick<TorrentView, "name" | "infoHash">,
  because: EndReason,
) {
  return { type: "sharingStopped", name, infoHash, because } as const;
}
