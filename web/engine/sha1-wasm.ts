import { createSHA1 } from "hash-wasm";

// One hasher is enough: from `init` to `digest` nothing else runs.
const hasher = createSHA1();

/** SHA-1 without WebCrypto. */
export async function wasmSha1(bytes: Uint8Array): Promise<Uint8Array> {
  return (await hasher).init().update(bytes).digest("binary");
}
