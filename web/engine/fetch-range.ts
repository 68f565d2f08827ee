import { isPrivateHost } from "#shared/base/tracker-rule.ts";
import type { FetchRange, RangeEvents, RangeWanted } from "#shared/driver/ports.ts";
import { problemOfAnswer } from "#shared/driver/range-answer.ts";
import type { FetchProblem } from "#shared/session/web-seed.ts";

const UNREADABLE =
  "the browser cannot reach it, or it does not let other pages read its files (it must send CORS headers)";
const INSECURE = "it is on plain http, and the browser lets a page on https read only from https";
const PRIVATE = "its address is in a private network, and this page is not from there";
const CUT = "it ended the connection before it had sent everything";

/**
 * Fetches from web servers as a page may: from those that allow it (CORS), and a page on https only from https. The browser looks up
 * names and follows redirects by itself, so that a server in a private network is known by its address alone; what a redirect led to
 * is not read if it is there.
 */
export const fetchRange: FetchRange = (wanted, events) => {
  const cancelled = new AbortController();
  const { signal } = cancelled;
  const problem = refusal(wanted.url, wanted.isTrusted);
  if (problem !== undefined) events.ended(problem);
  else
    void readFrom(wanted, events, cancelled).catch(() => {
      if (!signal.aborted) events.ended({ kind: "passing", reason: UNREADABLE });
    });
  return () => cancelled.abort();
};

/** Why a page may not read from there. */
function refusal(url: string, isTrusted: boolean): FetchProblem | undefined {
  const { protocol, hostname } = new URL(url);
  // Not `location`: that of a worker may be a blob. A file or a sandboxed frame has the origin "null".
  const page = URL.canParse(self.origin) ? new URL(self.origin) : undefined;
  if (page?.protocol === "https:" && protocol === "http:") return { kind: "lasting", reason: INSECURE };
  const isOwn = isTrusted || hostname === page?.hostname;
  return !isOwn && isPrivateHost(hostname) ? { kind: "lasting", reason: PRIVATE } : undefined;
}

async function readFrom(wanted: RangeWanted, events: RangeEvents, cancelled: AbortController): Promise<void> {
  const { url, begin, length } = wanted;
  const { signal } = cancelled;
  const response = await fetch(url, {
    headers: { range: `bytes=${begin}-${begin + length - 1}` },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store", // The pieces are stored once they are checked.
    signal,
  });
  const { status, headers, type, body } = response;
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  const problem =
    refusal(response.url || url, wanted.isTrusted) ??
    problemOfAnswer(wanted, { status, header, seesAll: type === "basic" });
  if (problem === undefined && body !== null) return readBody(body.getReader(), length, events, cancelled);
  cancelled.abort();
  events.ended(problem ?? { kind: "passing", reason: CUT });
}

/** Reads no more than was asked for. */
async function readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  length: number,
  { arrived, ended }: RangeEvents,
  cancelled: AbortController,
): Promise<void> {
  const { signal } = cancelled;
  let left = length;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      if (done) break;
      const part = value.subarray(0, left);
      left -= part.length;
      arrived(part);
      if (signal.aborted) return;
    }
  } catch {
    if (!signal.aborted) ended({ kind: "passing", reason: CUT });
    return;
  }
  void reader.cancel().catch(() => {}); // It may have ended with an error; nobody waits for the rest.
  ended(undefined);
}
