import { openDownload } from "#headless-peer/files/download-storage.ts";
import { EncryptedDownload } from "#headless-peer/files/encrypted-download.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { type Opening, openingOf } from "#shared/library/opening.ts";

/** A download into a folder. */
interface FolderOpening extends Pick<Opening, "key" | "withoutKey" | "choose"> {
  readonly infoHash: InfoHash;
  readonly folder: string;
}

/** How a peer chooses and opens what it downloads into a folder: see `openingOf`. */
export function folderOpening({ infoHash, folder, ...opening }: FolderOpening): ReturnType<typeof openingOf> {
  return openingOf({
    ...opening,
    carry: "pass --without-key",
    openFiles: (info, selectedFiles) => openDownload({ infoHash, info, folder, selectedFiles }, OPEN_FILES),
    openShare: ({ info, key, events }) =>
      EncryptedDownload.open({ infoHash, info, key, folder, select: opening.choose }, events, OPEN_FILES),
  });
}
