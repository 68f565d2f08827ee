import type { Link } from "#shared/driver/ports.ts";
import type { Rc4 } from "./rc4.ts";

/** Sends bytes over a link. Whoever gave them may send them to others, too, so that encrypted ones are a copy. */
export function sendOver(link: Link, cipher: Rc4 | undefined, bytes: Uint8Array, sent?: () => void): void {
  if (cipher === undefined) return link.send(bytes, sent);
  const encrypted = new Uint8Array(bytes.length);
  cipher.applyTo(bytes, encrypted);
  link.send(encrypted);
  sent?.();
}
