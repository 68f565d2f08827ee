/** The cryptography of encrypted shares, which each platform brings. */
export interface Cipher {
  /** HKDF with SHA-256, and no salt (RFC 5869): `bytes` bytes for a purpose that `info` names. */
  derive(
    secret: Uint8Array<ArrayBuffer>,
    info: Uint8Array<ArrayBuffer>,
    bytes: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** AES-256-GCM (NIST SP 800-38D) with a key of 32 bytes. */
  gcm(key: Uint8Array<ArrayBuffer>): Promise<Gcm>;
}

/** One key of AES-GCM, without additional data. Nonces have 12 bytes; the caller uses each once. */
export interface Gcm {
  /** The ciphertext, and after it the tag of 16 bytes. */
  seal(nonce: Uint8Array<ArrayBuffer>, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** Undefined: the tag does not fit. */
  open(nonce: Uint8Array<ArrayBuffer>, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined>;
}
