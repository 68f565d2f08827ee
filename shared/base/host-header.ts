/**
 * The host in a `Host` header without its port, as URLs normalise it; an IPv6 address without brackets. Undefined: it cannot be read.
 */
export function hostIn(header: string): string | undefined {
  if (/[/?#@\\]/.test(header)) return undefined;
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$|\.$/g, "");
  } catch {
    return undefined;
  }
}
