import type { Sha1 } from "#shared/driver/ports.ts";

/** SHA-1 by the browser where the page may use it, else (plain http on a LAN) by WebAssembly that is loaded only then. */
export const sha1: Sha1 = async (bytes) => {
  if (globalThis.crypto?.subtle !== undefined)
    return new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  const { wasmSha1 } = await import("./sha1-wasm.ts");
  return wasmSha1(bytes);
};
