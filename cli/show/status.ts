import { printable } from "#shared/base/printable.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { withoutQuery } from "#shared/meta/web-seeds.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { type Tone, toned, withColouredBar } from "./colour.ts";
import { wrapped } from "./format.ts";
import { torrentText } from "./torrent-text.ts";
import { trackerTroubles } from "./tracker-trouble.ts";
import { webSeedTroubles } from "./web-seed-trouble.ts";

/** A line for people. */
export type StatusLine =
  | string
  /** In a pipe we write it only when `news` is new, in whatever place: the rest of the text changes all the time. */
  | { readonly news: string; readonly text: string; readonly tone?: Tone };

/** What to show while a command runs, read anew each time. */
export interface StatusSource {
  /** For people; `columns` is the terminal's width, undefined in a pipe. */
  readonly lines: (columns: number | undefined) => readonly StatusLine[];
  /** For programs. */
  readonly facts: () => readonly object[];
}

/** Shows the status until `end`. */
export interface Status {
  /** Prints something to standard output that stays there. */
  print(text: string): void;
  /** Shows the status now, because something has just changed. */
  refresh(): void;
  end(): void;
}

const TERMINAL_MILLIS = 500;
const LINE_MILLIS = 5_000; // Nobody reads a log with a line for each second.

/** For a terminal that does not say how large it is. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

const WRAP_OFF = "\u001b[?7l";
const WRAP_ON = "\u001b[?7h";
const CLEAR_LINE = "\r\u001b[2K";

/** Keeps its lines up to date in a terminal; now and then writes new ones to a pipe. */
export function showStatus(
  source: StatusSource,
  asJson: boolean,
  stream: NodeJS.WriteStream = process.stderr,
): Status {
  const shown = asJson
    ? showJson(source)
    : stream.isTTY
      ? showInPlace(source, stream)
      : showLines(source, stream);
  let isEnded = false;
  shown.tell();
  const timer = setInterval(shown.tell, stream.isTTY && !asJson ? TERMINAL_MILLIS : LINE_MILLIS);
  return {
    print(text) {
      shown.clear();
      console.log(text);
      if (!isEnded) shown.redraw();
    },
    refresh: shown.tell,
    end() {
      isEnded = true;
      clearInterval(timer);
      shown.clear();
    },
  };
}

/** One way to show a status. */
interface Display {
  readonly tell: () => void;
  /** Makes room for something else. */
  readonly clear: () => void;
  /** Shows again what made room. */
  readonly redraw: () => void;
}

/** What was written stays. */
const STAYS = { clear: () => {}, redraw: () => {} };

/** A countdown is no news. */
const COUNTDOWN: keyof TrackerView = "nextInSeconds";

function showJson({ facts }: StatusSource): Display {
  let told: readonly string[] = [];
  const tell = (): void => {
    const now = facts();
    const news = now.map((fact) =>
      JSON.stringify(fact, (key, value) => (key === COUNTDOWN ? undefined : value)),
    );
    for (const [at, fact] of now.entries()) if (news[at] !== told[at]) console.log(JSON.stringify(fact));
    told = news;
  };
  return { tell, ...STAYS };
}

function showLines({ lines }: StatusSource, stream: NodeJS.WriteStream): Display {
  const tell = tellNews((text) => stream.write(`${printable(text)}\n`));
  return { tell: () => tell(lines(undefined)), ...STAYS };
}

/** Writes each line that differs from the last one in its place, or whose news was not among the last ones. */
function tellNews(write: (text: string) => void): (lines: readonly StatusLine[]) => void {
  let told: readonly StatusLine[] = [];
  return (lines) => {
    const news = new Set(told.map((line) => (typeof line === "string" ? line : line.news)));
    for (const [at, line] of lines.entries()) {
      const isOld = typeof line === "string" ? line === told[at] || line === "" : news.has(line.news);
      if (!isOld) write(textOf(line));
    }
    told = lines;
  };
}

function textOf(line: StatusLine): string {
  return typeof line === "string" ? line : line.text;
}

function showInPlace({ lines }: StatusSource, stream: NodeJS.WriteStream): Display {
  let height = 0;
  const clear = (): void => {
    if (height > 1) stream.write(`\u001b[${height - 1}A`);
    if (height > 0) stream.write(`${CLEAR_LINE}\u001b[0J`);
    height = 0;
  };
  const tell = (): void => {
    const columns = stream.columns || USUAL_COLUMNS;
    const now = lines(columns).slice(0, (stream.rows || USUAL_ROWS) - 1);
    clear();
    // The last column stays free: some terminals begin a new line there. A character may be two columns wide.
    const cut = now.map((line) => {
      const text = printable(textOf(line)).slice(0, columns - 1);
      const tone = typeof line === "string" ? undefined : line.tone;
      return tone === undefined ? withColouredBar(text, stream) : toned(text, tone, stream);
    });
    stream.write(`${WRAP_OFF}${cut.join("\n")}${WRAP_ON}`);
    height = now.length;
  };
  return { tell, clear, redraw: tell };
}

/** Shows how the torrents of a peer are doing, a line each, and what is wrong with their trackers and web seeds. */
export function statusOfTorrents(peer: { view(): readonly TorrentView[] }): StatusSource {
  return {
    lines: (columns) => {
      const views = peer.view();
      const troubles = [...trackerTroubles(views), ...webSeedTroubles(views)].flatMap(
        ({ what, next }): StatusLine[] => {
          const text = next === "" ? what : `${what} ${next}`;
          if (columns === undefined) return [{ news: what, text }];
          return wrapped(text, columns - 1).map((line) => ({ news: line, text: line, tone: "warning" }));
        },
      );
      return [...views.map((view) => torrentLine(view, columns)), ...troubles];
    },
    facts: () => peer.view().map((view) => ({ type: "status", ...torrentFacts(view) })),
  };
}

function torrentLine(view: TorrentView, columns: number | undefined): StatusLine {
  const text = torrentText(view, columns);
  return view.problem === undefined || columns === undefined ? text : { news: text, text, tone: "bad" };
}

/** How a torrent is doing, for a program. */
export function torrentFacts(view: TorrentView): object {
  const { infoHash, name, phase, bytesDone, bytesTotal, secondsLeft, problem } = view;
  const { downBytesPerSecond, upBytesPerSecond, uploadedBytes, downloadedBytes } = view;
  const rates = { downBytesPerSecond, upBytesPerSecond, uploadedBytes, downloadedBytes };
  const peers = view.peers.length;
  // People show this to others when they ask for help.
  const trackers = view.trackers.map((tracker) => ({ ...tracker, url: withoutKey(tracker.url) }));
  const webSeeds = view.webSeeds.map((seed) => ({ ...seed, url: withoutQuery(seed.url) }));
  return {
    infoHash,
    name,
    phase,
    bytesDone,
    bytesTotal,
    ...rates,
    secondsLeft,
    peers,
    trackers,
    webSeeds,
    problem,
  };
}
