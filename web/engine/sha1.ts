import type { Sha1 } from "#shared/driver/ports.ts";
import { loadAgain } from "./load-again.ts";

/** SHA-1 by WebCrypto. On plain http, where browsers forbid that, by WebAssembly, loaded only then. */
export const sha1: Sha1 = async (bytes) => {
  if (globalThis.crypto?.subtle !== undefined)
    return new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  const { wasmSha1 } = await loadAgain(() => import("./sha1-wasm.ts")); // The build leaves a worker's imports alone.
  return wasmSha1(bytes);
};
