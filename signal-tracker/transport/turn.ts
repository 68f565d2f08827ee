import { createHmac, randomBytes } from "node:crypto";
import { TURN_CREDENTIAL_SECONDS } from "../limits/operation.ts";
import type { IceServer, PublicConfig } from "./config.ts";

/** TURN servers that share a secret with the tracker. */
export interface TurnOptions {
  /** Such as `turn:turn.example.org:3478`. */
  readonly urls: readonly string[];
  readonly secret: string;
}

/**
 * Adds the servers to a configuration, with a name and password that are good for `TURN_CREDENTIAL_SECONDS` from `now` (in
 * milliseconds since 1970): the scheme of draft-uberti-behave-turn-rest, which coturn calls `use-auth-secret`. The name is a new one
 * each time, so that coturn's quota counts for each client.
 */
export function withTurn(config: PublicConfig, { urls, secret }: TurnOptions, now: number): PublicConfig {
  const expires = Math.floor(now / 1_000) + TURN_CREDENTIAL_SECONDS;
  const username = `${expires}:${randomBytes(6).toString("hex")}`;
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  const servers = urls.map((url): IceServer => ({ urls: url, username, credential }));
  return {
    ...config,
    iceServers: [...config.iceServers, ...servers],
    iceLifetimeSeconds: TURN_CREDENTIAL_SECONDS,
  };
}
