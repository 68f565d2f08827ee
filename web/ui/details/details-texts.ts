import type { PeerView, TrackerView } from "#shared/session/view.ts";
import { retry } from "../card/card-texts.ts";
import { formatDuration } from "../format.ts";
import { deviceWords } from "../peer-words.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { list } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";

/** What the person there calls the device; else what it is, or how its client names itself. */
export const peerName = (peer: PeerView): string => deviceWords(peer, peer.client);

/** What its name does not say: the client, the device, and whether that is a browser or a desktop, as far as we know. */
export function peerFacts(peer: PeerView): string {
  const { client, deviceName, device, kind } = peer;
  const isDesktop = kind === "tcp" || device?.program === "Tabswarm";
  const place = isDesktop ? texts.peers.desktop : device === undefined ? "" : texts.peers.browser;
  const onDevice = deviceName === undefined ? "" : deviceWords({ ...peer, deviceName: undefined }, "");
  return list([peerName(peer) === client ? "" : client, onDevice, place].filter((fact) => fact !== ""));
}

/** How we are connected. */
export function linkWords({ kind, isNearby, isIntroduced }: PeerView): string {
  const words = [kind === "rtc" ? "WebRTC" : "TCP"];
  if (isNearby) words.push(texts.peers.nearby);
  if (isIntroduced) words.push(texts.peers.introduced);
  return list(words);
}

/** The state of one tracker. Follows its address. */
export function trackerSentence({
  state,
  seeders,
  leechers,
  message,
  nextInSeconds,
}: Omit<TrackerView, "url">): string {
  const words = texts.trackers;
  const said = message && inOurWords(message).replace(/[.\s]+$/, "");
  switch (state) {
    case "waiting":
      return words.notAsked;
    case "connecting":
      return words.connecting;
    case "working": {
      const note = said === undefined ? [] : [words.says(said)];
      const next = nextInSeconds === undefined ? [] : [words.nextRequest(formatDuration(nextInSeconds))];
      return [words.working(seeders, leechers), ...note, ...next].join(" ");
    }
    case "refused": {
      const what = said === undefined ? words.refused : words.refusedBecause(said);
      return `${what} ${retry(nextInSeconds)}`;
    }
    case "standby":
      return said === undefined ? words.standby : words.standbyBecause(said);
    case "unreachable": {
      const what = said === undefined ? words.unreachable : words.unreachableBecause(said);
      return `${what} ${retry(nextInSeconds)}`;
    }
  }
}

/** Of a tracker without a state. `othersAre`: the torrent is announced, only not there. */
export function notAskedSentence(isReachable: boolean, othersAre: boolean): string {
  if (!isReachable) return texts.trackers.unreachableHere;
  return othersAre ? texts.trackers.tooMany : texts.trackers.stopped;
}
