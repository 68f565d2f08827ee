/** Where the page keeps it: for as long as its tab is open, also through reloads. */
const KEY = "tabswarm.daemon.token";

const IN_ADDRESS = /^#token=([\w-]{1,100})$/;
const TOKEN = /^[\w-]{1,100}$/;

/** What we need of a tab. Storage that the browser blocks throws. */
export interface TokenPlace {
  readonly session: () => Pick<Storage, "getItem" | "setItem">;
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState">;
}

/** Takes a token out of the address, where the daemon has printed it, and keeps it. Undefined: there is none. */
export function takeToken({ session, location, history }: TokenPlace): string | undefined {
  const token = IN_ADDRESS.exec(location.hash)?.[1];
  if (token === undefined) return undefined;
  history.replaceState(null, "", location.pathname + location.search);
  keepToken(session, token);
  return token;
}

/** The token that the tab has shown before. Undefined: none. */
export function keptToken({ session }: Pick<TokenPlace, "session">): string | undefined {
  try {
    return tokenIn(session().getItem(KEY) ?? "");
  } catch {
    return undefined; // Blocked: the person types it again after a reload.
  }
}

export function keepToken(session: TokenPlace["session"], token: string): void {
  try {
    session().setItem(KEY, token);
  } catch {
    // Blocked: it holds until the page is closed.
  }
}

/** The token in what a person typed, who may have pasted the whole address. Undefined: none. */
export function tokenIn(typed: string): string | undefined {
  const text = typed.trim().replace(/^.*#token=/, "");
  return TOKEN.test(text) ? text : undefined;
}
