import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { hostIn } from "#shared/base/host-header.ts";

/** What names a tracker beside the machine that it runs on. */
export interface HostNames {
  /** What `--host` says, which may be a name. */
  readonly boundHost: string;
  readonly publicUrl: URL | undefined;
  /** Origins of other sites that the operator trusts: their names are not those of strangers. */
  readonly allowedOrigins: readonly string[];
  /** Where people reach the other nodes. */
  readonly otherNodes: () => readonly string[];
  /** The certificate for https, in PEM. Undefined: there is none. */
  readonly certificate: () => string | undefined;
}

/** Top-level names that no registry gives out: RFC 6761, RFC 6762, RFC 8375, and what ICANN keeps for private networks. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|home\.arpa|lan|home|corp)$/;

/**
 * Tells the names of this tracker from those that somebody else may own. A stranger can let a name of theirs lead to this tracker
 * after a browser has opened their page (DNS rebinding); to the browser, page and tracker are then one site, and only the name in
 * the `Host` header tells that they are not. An address is no such name, and nor is one that nobody can register.
 */
export class KnownHosts {
  readonly #names: HostNames;

  constructor(names: HostNames) {
    this.#names = names;
  }

  /** Reads a `Host` header. Undefined is known: browsers always send one. */
  isKnown(host: string | undefined): boolean {
    if (host === undefined) return true;
    const name = hostIn(host);
    if (name === undefined) return false;
    return isIP(name) !== 0 || !name.includes(".") || PRIVATE_NAME.test(name) || this.#isOurs(name);
  }

  #isOurs(name: string): boolean {
    const { boundHost, publicUrl, allowedOrigins, otherNodes, certificate } = this.#names;
    if (name === hostname().toLowerCase() || name === boundHost.toLowerCase()) return true;
    const urls = [...(publicUrl === undefined ? [] : [publicUrl.href]), ...allowedOrigins, ...otherNodes()];
    if (urls.some((url) => new URL(url).hostname === name)) return true;
    const pem = certificate();
    return pem !== undefined && new X509Certificate(pem).checkHost(name) !== undefined;
  }
}

/** Why a request is refused that asks for a name which is not ours. */
export function unknownHostText(host: string): string {
  const name = hostIn(host);
  const asked = name === undefined ? "this name" : `the name ${name}`;
  return (
    `This tracker does not know ${asked} as its own, so it cannot tell its own page from a stranger's. ` +
    `Its operator has to name it in --public-url${name === undefined ? "" : `, such as https://${name}`}; further names go into --allow-origin.`
  );
}
