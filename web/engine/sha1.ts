import type { Sha1 } from "#shared/driver/ports.ts";

/** SHA-1 by WebCrypto. On plain http, where browsers forbid that, by WebAssembly, loaded only then. */
export const sha1: Sha1 = async (bytes) => {
  if (globalThis.crypto?.subtle !== undefined)
    return new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  const { wasmSha1 } = await import("./sha1-wasm.ts");
  return wasmSha1(bytes);
};
