import { texts } from "./texts/texts.ts";

/** What removing a complete torrent does to its link. `isElsewhere`: another tab has all of it. */
export function removeBreaksLink(receivers: number, others: number, isElsewhere: boolean): string {
  const words = texts.remove;
  const link = isElsewhere ? words.linkOfOtherTab : others > 0 ? words.linkOfOthers : words.linkEnds;
  return receivers > 0 ? `${words.receivers(receivers)} ${link}` : link;
}
