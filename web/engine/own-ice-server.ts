import { type IceServer, MAX_ICE_SERVERS } from "#shared/announce/tracker-config.ts";

/** A STUN or TURN server of the person's own. */
export interface OwnIceServer {
  /** As in RFC 7064 and RFC 7065: `stun:host`, `turn:host:3478?transport=tcp`. */
  readonly url: string;
  /** Empty for STUN. */
  readonly username: string;
  readonly password: string;
}

/** Browsers ask each of them for each link: with more, making one takes long. The tracker's own need room, too. */
export const MAX_OWN_ICE_SERVERS = 4;

export type IceProblem = "url" | "password";

/** Of each field. */
const MAX_CHARACTERS = 255;

/** What browsers take: with anything else, no link could be made at all. */
const URL_FORM =
  /^(?:stuns?:(?!.*\?)|turns?:)(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?(?:\?transport=(?:udp|tcp))?$/i;

/** Why no link can use this server. TURN needs a user name and a password. Undefined: it can. */
export function iceProblem({ url, username, password }: OwnIceServer): IceProblem | undefined {
  const [form, port = "1"] = (url.length <= MAX_CHARACTERS && URL_FORM.exec(url)) || [];
  if (form === undefined || Number(port) < 1 || Number(port) > 65_535) return "url";
  const areUsable = [username, password].every((text) => text !== "" && text.length <= MAX_CHARACTERS);
  return /^turn/i.test(url) && !areUsable ? "password" : undefined;
}

/** The person's own servers first, then those of the tracker. */
export function withOwnServers(
  own: readonly OwnIceServer[],
  servers: readonly IceServer[],
): readonly IceServer[] {
  const first = own.map(({ url, username, password }): IceServer => {
    const isTurn = /^turn/i.test(url);
    return { urls: [url], ...(isTurn && { username, credential: password }) };
  });
  return [...first, ...servers].slice(0, MAX_ICE_SERVERS);
}
