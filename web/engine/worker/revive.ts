import { Bitfield } from "#shared/base/bitfield.ts";
import type { Info } from "#shared/meta/info.ts";
import { Layout } from "#shared/meta/layout.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type { PageInput } from "./messages.ts";

// A clone of an object of a class has its fields, but not its class.

/** An input that was cloned on its way from the page. */
export function revivedInput(input: PageInput): PageInput {
  switch (input.type) {
    case "torrentAdded": {
      const { source } = input;
      const { held, metadata } = source;
      return {
        ...input,
        source: { ...source, held: revivedField(held), metadata: metadata && revivedMetadata(metadata) },
      };
    }
    case "checkBegan":
      return { ...input, held: revivedField(input.held) };
    case "metadataChecked":
      return { ...input, metadata: input.metadata && revivedMetadata(input.metadata) };
    case "filesRevealed":
      return { ...input, info: revivedInfo(input.info) };
    default:
      return input;
  }
}

/** Metadata that was cloned. */
export function revivedMetadata({ info, infoBytes }: TorrentMetadata): TorrentMetadata {
  return { info: revivedInfo(info), infoBytes };
}

function revivedInfo(info: Info): Info {
  const { totalBytes, pieceLength } = info.layout;
  return { ...info, layout: new Layout(totalBytes, pieceLength) };
}

function revivedField(field: Bitfield | undefined): Bitfield | undefined {
  return field && Bitfield.fromBytes(field.bytes, field.length);
}
