import { MAX_PEERS, MIN_PEERS } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { ValueField, type ValueFieldProps } from "./value-field.tsx";

/** The most peers. Empty: as many as the page can have. */
export function PeersField(props: ValueFieldProps) {
  const unclear = texts.fields.peersUnclear(MIN_PEERS, MAX_PEERS);
  return <ValueField {...props} read={readPeers} written={writtenPeers} unclear={unclear} />;
}

function readPeers(text: string): number | undefined | "unclear" {
  const typed = text.trim();
  if (typed === "") return undefined;
  const count = /^\d{1,4}$/.test(typed) ? Number(typed) : 0;
  return count >= MIN_PEERS && count <= MAX_PEERS ? count : "unclear";
}

function writtenPeers(count: number | undefined): string {
  return count === undefined ? "" : String(count);
}
