import { UsageError } from "#shared/base/errors.ts";
import type { PieceReader } from "#shared/library/torrent-file.ts";
import type { Info } from "#shared/meta/info.ts";
import type { Item } from "./item.ts";
import { loaded } from "./load-later.ts";
import type { PieceBlobs } from "./save.ts";
import { keyProblem } from "./share-problems.ts";

/** The files of a torrent in the browser's storage: of an encrypted share, those in it. */
export interface Readable {
  /** The files, and where they are in what `pieces` and `reader` give. */
  readonly info: Info;
  /** The same files, and where they are in the torrent's pieces. */
  readonly stored: Info;
  readonly pieces: PieceBlobs;
  /** Makes of a reader of the torrent's pieces one of these. */
  readonly reader: (sealed: PieceReader) => PieceReader;
}

/**
 * Undefined: its files are not known yet, or are the person's own. Rejects with a sentence if it is an encrypted share that cannot be
 * read.
 */
export async function readable(item: Item): Promise<Readable | undefined> {
  const { metadata, store, record } = item;
  if (metadata === undefined || store === undefined) return undefined;
  const { info } = metadata;
  const { shareKey } = record;
  const problem = keyProblem(info, shareKey);
  if (problem !== undefined) throw new UsageError("noKey", problem);
  if (shareKey === undefined) return { info, stored: info, pieces: store, reader: (pieces) => pieces };
  const { openShare } = await loaded(import("./encrypted/opened-share.ts"));
  const share = await openShare(item, shareKey);
  return (
    share && {
      info: share.info,
      stored: share.sealedInfo,
      pieces: share.decrypted(),
      reader: (sealed) => share.reader(sealed),
    }
  );
}
