import type { FetchProblem } from "../session/web-seed.ts";
import type { RangeWanted } from "./ports.ts";

/** The head of a web server's answer. */
export interface RangeAnswer {
  readonly status: number;
  /** A header by its lower-case name. Undefined: the server did not send it, or we may not read it. */
  readonly header: (name: string) => string | undefined;
  /** Whether we see all headers. Browsers hide most of those of other origins. */
  readonly seesAll: boolean;
}

const LACKS_FILE = new Set([403, 404, 410, 416, 451]);
/** It may have enough to do, or be restarting. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

const NO_RANGES = "it does not send parts of files (it must answer requests with a Range header)";
const COMPRESSES = "it compresses what it sends, so that parts of files cannot be found in it";
const OTHER_RANGE = "it sends another part of the file than it was asked for";
const OTHER_SIZE = "its file has another size than the torrent's";

/** Whether what follows is the range that we asked for. Undefined: it is. The rest is told by its bytes' hashes. */
export function problemOfAnswer(wanted: RangeWanted, answer: RangeAnswer): FetchProblem | undefined {
  const { status, header } = answer;
  if (status !== 200 && status !== 206) return statusProblem(answer);
  const encoding = header("content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") return lasting(COMPRESSES);
  return status === 206 ? partProblem(wanted, answer) : wholeProblem(wanted, header("content-length"));
}

/** The server ignored the range. That is of use only if we want the whole file. */
function wholeProblem(
  { begin, length, fileBytes }: RangeWanted,
  size: string | undefined,
): FetchProblem | undefined {
  if (begin > 0 || length < fileBytes) return lasting(NO_RANGES);
  return size === undefined || size.trim() === String(fileBytes) ? undefined : otherSize();
}

/** `Content-Range` (RFC 9110): `bytes 0-499/1234`, or `*` for a size that it does not tell. */
function partProblem(
  { begin, length, fileBytes }: RangeWanted,
  { header, seesAll }: RangeAnswer,
): FetchProblem | undefined {
  const said = header("content-range");
  if (said === undefined && !seesAll) return undefined;
  const [, first, last, size] =
    /^\s*bytes\s+(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)\s*$/i.exec(said ?? "") ?? [];
  if (size === undefined) return lasting(OTHER_RANGE);
  if (size !== "*" && Number(size) !== fileBytes) return otherSize();
  return Number(first) === begin && Number(last) === begin + length - 1 ? undefined : lasting(OTHER_RANGE);
}

function statusProblem({ status, header }: RangeAnswer): FetchProblem {
  const reason = `it answers with HTTP status ${status}`;
  if (LACKS_FILE.has(status)) return { kind: "noFile", reason };
  if (!PASSING.has(status)) return lasting(reason);
  const retryAfter = header("retry-after")?.trim() ?? "";
  const retryInSeconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return { kind: "passing", reason, retryInSeconds };
}

/** As if it had no such file: other files may be right. */
function otherSize(): FetchProblem {
  return { kind: "noFile", reason: OTHER_SIZE };
}

function lasting(reason: string): FetchProblem {
  return { kind: "lasting", reason };
}
