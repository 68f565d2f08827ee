import type { IncomingMessage } from "node:http";
import { ProtocolError } from "#shared/base/errors.ts";
import type { FetchRange, RangeEvents, RangeWanted } from "#shared/driver/ports.ts";
import { problemOfAnswer } from "#shared/driver/range-answer.ts";
import type { FetchProblem } from "#shared/session/web-seed.ts";
import type { LocalAddress } from "../local-address.ts";
import { connectionProblem } from "../trackers/connection-problem.ts";
import { guardedGet } from "../trackers/guarded-get.ts";

const PRIVATE =
  "its address is in a private network, where only a web seed may be that you name yourself (--web-seed)";
const CUT = "it ended the connection before it had sent everything";

/**
 * Fetches from web servers as trackers are asked: one that a torrent names may not lead into a private network, also not by a redirect.
 * `from`: the address to ask from. Undefined: any.
 */
export function fetchRangeFrom(from: LocalAddress | undefined): FetchRange {
  return (wanted, events) => {
    const request = new AbortController();
    let isOver = false;
    let stop = (): void => request.abort();
    getRange(wanted, from, request.signal).then(
      (response) => {
        // Not by the signal: its error goes to the socket, where nobody hears it just after the last byte.
        stop = () => response.destroy();
        if (isOver) return stop();
        readRange(
          response,
          wanted,
          whileOpen(events, () => isOver),
        );
      },
      (error: unknown) => (isOver ? undefined : events.ended(problemOf(error))),
    );
    return () => {
      isOver = true;
      stop();
    };
  };
}

async function getRange(
  { url, begin, length, isTrusted }: RangeWanted,
  from: LocalAddress | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const first = new URL(url);
  const { response } = await guardedGet(first, {
    signal,
    mayBePrivate: ({ host }) => isTrusted && host === first.host,
    headers: { range: `bytes=${begin}-${begin + length - 1}`, "accept-encoding": "identity" },
    from,
  });
  return response;
}

/** The events of a request that may be cancelled. */
function whileOpen({ arrived, ended }: RangeEvents, isOver: () => boolean): RangeEvents {
  return {
    arrived: (bytes) => void (isOver() || arrived(bytes)),
    ended: (problem) => void (isOver() || ended(problem)),
  };
}

/** Reads no more than was asked for. */
function readRange(response: IncomingMessage, wanted: RangeWanted, events: RangeEvents): void {
  const { statusCode: status = 0, headers } = response;
  const header = (name: string): string | undefined => headers[name]?.toString();
  const problem = problemOfAnswer(wanted, { status, header, seesAll: true });
  let left = wanted.length;
  let isDone = false;
  const end = (because: FetchProblem | undefined): void => {
    if (isDone) return;
    isDone = true;
    events.ended(because);
  };
  response.on("error", () => end({ kind: "passing", reason: CUT }));
  if (problem !== undefined) {
    response.destroy();
    return end(problem);
  }
  response.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (part.length > 0) events.arrived(part);
    if (left > 0) return;
    // The connection serves the next request, if the server agrees that this was all.
    if (part.length < chunk.length || header("content-length") !== `${wanted.length}`) response.destroy();
    end(undefined);
  });
  response.on("end", () => end(undefined));
}

function problemOf(error: unknown): FetchProblem {
  if (!(error instanceof ProtocolError)) return { kind: "passing", reason: connectionProblem(error) };
  return { kind: "lasting", reason: error.code === "privateAddress" ? PRIVATE : error.message };
}
