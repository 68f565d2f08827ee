import { UsageError } from "../base/errors.ts";
import { parseLink } from "../meta/read-link.ts";
import type { Encryption } from "./platform.ts";

/** How somebody wants to share. */
interface Wish {
  readonly encrypt?: boolean | { readonly again: string } | undefined;
  readonly isPrivate?: boolean | undefined;
  readonly webSeeds?: readonly string[] | undefined;
}

/** How to encrypt what is shared. Undefined: not at all. Throws a `UsageError`, or a `ProtocolError` for what is no link. */
export function encryptionOf({ encrypt = false, isPrivate, webSeeds = [] }: Wish): Encryption | undefined {
  if (encrypt === false) return undefined;
  if (isPrivate === true)
    throw new UsageError(
      "private",
      "An encrypted share cannot be private: its torrent cannot be marked as private. Leave out one of the two.",
    );
  if (webSeeds.length > 0)
    throw new UsageError(
      "webSeeds",
      "An encrypted share has no web seeds: those servers have the files as they are. Leave out one of the two.",
    );
  if (encrypt === true) return { again: undefined };
  const { infoHash, key } = parseLink(encrypt.again);
  if (key !== undefined) return { again: { infoHash, key } };
  throw new UsageError(
    "needsKey",
    "To go on with an encrypted share, pass its share link, with its key (&k=…).",
  );
}
