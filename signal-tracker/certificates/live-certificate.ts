import type { Logger } from "pino";
import { messageOf } from "#shared/base/errors.ts";
import { type CertificateSource, DAY_MILLIS, type KeyPair, validityOf } from "./certificate-source.ts";

/** How often to look whether there is another certificate to serve. It costs reading two small files. */
const CHECK_MILLIS = 10_000;
/** An operator hears every day of a certificate of theirs that ends this soon. */
const WARN_MILLIS = 14 * DAY_MILLIS;

export interface LiveOptions {
  readonly log: Logger;
  readonly now: () => Date;
  /** Absent: the usual 10 s. */
  readonly checkMillis?: number;
}

/** A certificate and when it ends. */
export interface Expiry {
  readonly certificate: "https" | "ca";
  readonly expires: Date;
}

/** The certificate that the tracker serves, kept up to date while it runs. */
export class LiveCertificate {
  readonly #source: CertificateSource;
  readonly #options: LiveOptions;
  readonly #timer: NodeJS.Timeout;
  #pair: KeyPair;
  #use: ((pair: KeyPair) => void) | undefined;
  #problem: string | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #checking = Promise.resolve();

  /** Rejects with a `CertificateError`. */
  static async open(source: CertificateSource, options: LiveOptions): Promise<LiveCertificate> {
    return new LiveCertificate(source, options, await source.current());
  }

  private constructor(source: CertificateSource, options: LiveOptions, pair: KeyPair) {
    this.#source = source;
    this.#options = options;
    this.#pair = pair;
    for (const { certificate, expires } of this.expiries())
      options.log.info({ certificate, expires }, "certificate for https");
    this.#warnOfEnd();
    const check = (): void => {
      this.#checking = this.#checking.then(() => this.#check());
    };
    this.#timer = setInterval(check, options.checkMillis ?? CHECK_MILLIS).unref();
  }

  get pair(): KeyPair {
    return this.#pair;
  }

  /** The authority that people have to trust, in PEM. Undefined: the operator has a certificate of their own. */
  get authority(): string | undefined {
    return this.#source.authority();
  }

  expiries(): readonly Expiry[] {
    const { authority } = this;
    return [
      { certificate: "https", expires: validityOf(this.#pair.cert).to },
      ...(authority === undefined ? [] : [{ certificate: "ca", expires: validityOf(authority).to } as const]),
    ];
  }

  /** Calls `use` whenever another certificate is to be served. */
  onChange(use: (pair: KeyPair) => void): void {
    this.#use = use;
  }

  /** Stops looking for changes. Resolves when no file is being read or written. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
  }

  /** Whatever is wrong with new files, the old certificate stays. */
  async #check(): Promise<void> {
    const { log } = this.#options;
    try {
      const pair = await this.#source.current();
      this.#problem = undefined;
      if (pair.key !== this.#pair.key || pair.cert !== this.#pair.cert) {
        this.#use?.(pair);
        this.#pair = pair;
        this.#warnedAt = Number.NEGATIVE_INFINITY;
        log.info({ expires: validityOf(pair.cert).to }, "serves another certificate from now on");
      }
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem) log.error({ err: error }, "kept the old certificate");
      this.#problem = problem;
    }
    this.#warnOfEnd();
  }

  #warnOfEnd(): void {
    const now = this.#options.now().getTime();
    const { to } = validityOf(this.#pair.cert);
    if (to.getTime() - now > WARN_MILLIS || now - this.#warnedAt < DAY_MILLIS) return;
    this.#warnedAt = now;
    const what = to.getTime() <= now ? "the certificate has expired" : "the certificate expires soon";
    this.#options.log.warn({ expires: to }, what);
  }
}
