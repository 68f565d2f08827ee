import { browserKind } from "../browser-kind.ts";
import type { Nearby } from "../client.ts";
import { type NearbyPorts, PageNearby } from "./nearby.ts";

/** Looks for people nearby through the tracker that serves this page. */
export function openNearby(ports: Omit<NearbyPorts, "url" | "kind">): Nearby {
  const url = new URL("/nearby", location.href.replace(/^http/, "ws")).href;
  const nearby = new PageNearby({ ...ports, url, kind: browserKind(navigator) });
  return {
    view: nearby.view,
    enterRoom: (code) => nearby.enterRoom(code),
    leaveRoom: () => nearby.leaveRoom(),
    send: (to, files) => nearby.send(to, files),
    answer: (offer, isAccepted) => nearby.answer(offer, isAccepted),
  };
}
