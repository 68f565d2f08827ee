import { ProtocolError, UsageError } from "../base/errors.ts";
import { StorageError } from "../driver/ports.ts";

/** What is wrong with an encrypted share, or with the choice of its files, stops the torrent with a sentence. */
export async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof UsageError) throw new StorageError(error.message);
    throw error;
  }
}
