import { MIN_PEERS } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { ValueField, type ValueFieldProps } from "./value-field.tsx";

interface PeersFieldProps extends ValueFieldProps {
  /** The most that anybody can choose. */
  readonly most: number;
}

/** The most peers. Empty: as many as there can be. */
export function PeersField({ most, ...props }: PeersFieldProps) {
  const unclear = texts.fields.peersUnclear(MIN_PEERS, most);
  const read = (text: string): number | undefined | "unclear" => readPeers(text, most);
  return <ValueField {...props} read={read} written={writtenPeers} unclear={unclear} />;
}

function readPeers(text: string, most: number): number | undefined | "unclear" {
  const typed = text.trim();
  if (typed === "") return undefined;
  const count = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return count >= MIN_PEERS && count <= most ? count : "unclear";
}

function writtenPeers(count: number | undefined): string {
  return count === undefined ? "" : String(count);
}
