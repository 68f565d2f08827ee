import { plural } from "../format.ts";
import type { Filter, Order } from "./list-order.ts";

/** The words of the list's tools. */

export const FILTER_NAMES: Record<Filter, string> = {
  all: "All",
  downloading: "Downloading",
  sharing: "Sharing",
  complete: "Complete downloads",
  paused: "Paused",
  attention: "Waiting for you",
};

export const ORDER_NAMES: Record<Order, string> = {
  newest: "Newest first",
  name: "By name",
  size: "Largest first",
  progress: "Most complete first",
  speed: "Fastest first",
};

export const SEARCH_LABEL = "Search your files";
export const FILTER_LABEL = "Show";
export const ORDER_LABEL = "Order";
export const ROWS_LABEL = "Compact list";
export const PAUSE_ALL = "Pause all";
export const RESUME_ALL = "Resume all";
export const CLEAR_FINISHED = "Clear finished";
export const PAUSE_SELECTED = "Pause";
export const RESUME_SELECTED = "Resume";
export const REMOVE_SELECTED = "Remove";
export const SELECT_NONE = "Select none";
export const NOTHING_MATCHES = "Nothing in your list matches.";
export const SHOW_ALL = "Show everything";

export function selectedCount(count: number): string {
  return `${plural(count, "torrent", "torrents")} selected`;
}

/** The question before several are removed at once. */
export function removeSeveral(count: number): string {
  return `Remove ${plural(count, "torrent", "torrents")}?`;
}

export function clearFinished(count: number): string {
  return count === 1 ? "Clear 1 finished download?" : `Clear ${count} finished downloads?`;
}

export const CLEARING =
  "What you saved stays where it is. This browser deletes its own copy, and nobody can download it from you any more.";
export const REMOVING_OWN =
  "Your own files stay where they are. You only stop sharing them, so their links may stop working.";

export function removingData(size: string): string {
  return `This browser deletes the ${size} that it has stored of the downloads. Files that you saved stay where they are.`;
}

export const REMOVE_THEM = "Remove them";
export const CLEAR_THEM = "Clear them";
export const CANCEL = "Cancel";
