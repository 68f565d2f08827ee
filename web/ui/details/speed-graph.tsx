import { useEffect, useRef, useState } from "preact/hooks";
import type { TorrentView } from "#shared/session/view.ts";
import type { Speeds } from "../../engine/client.ts";
import { formatRate } from "../format.ts";
import { texts } from "../texts/texts.ts";
import { followLooks } from "./follow-looks.ts";
import { SpeedPlot, secondAt } from "./speed-plot.ts";
import { axisTime, speedSentence } from "./speed-texts.ts";

/** Time between two drawings while something moves, and for people who want little to move on their screen. */
const REFRESH_MILLIS = 1_000;
const CALM_MILLIS = 5_000;

interface SpeedGraphProps {
  readonly load: () => Promise<Speeds | undefined>;
  /** Says that nothing has moved. */
  readonly none: string;
  /** A new object whenever there may be other speeds. */
  readonly torrent: TorrentView;
}

/** How fast it was lately, second by second, and the same in words. */
export function SpeedGraph({ load, none, torrent }: SpeedGraphProps) {
  const speeds = useSpeeds(load, torrent);
  if (speeds === undefined) return null;
  if (speeds === "none") return <p class="note">{none}</p>;
  return (
    <div class="speeds">
      <p>{speedSentence(speeds, torrent.downBytesPerSecond, torrent.upBytesPerSecond)}</p>
      <Plot speeds={speeds} />
    </div>
  );
}

/** The speeds so far. Undefined: not loaded yet. */
function useSpeeds(load: SpeedGraphProps["load"], news: object): Speeds | "none" | undefined {
  const [speeds, setSpeeds] = useState<Speeds | "none">();
  const askedAt = useRef(Number.NEGATIVE_INFINITY);
  const isOpen = useRef(true);
  useEffect(
    () => () => {
      isOpen.current = false;
    },
    [],
  );
  useEffect(() => {
    const ask = async (): Promise<void> => {
      askedAt.current = performance.now();
      const fresh = await load();
      if (isOpen.current) setSpeeds(fresh ?? "none");
    };
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const next = askedAt.current + (isCalm ? CALM_MILLIS : REFRESH_MILLIS);
    const timer = setTimeout(ask, Math.max(0, next - performance.now()));
    return () => clearTimeout(timer);
  }, [news]);
  return speeds;
}

/** The graph, with a legend that says how fast it was where a person points. */
function Plot({ speeds }: { readonly speeds: Speeds }) {
  const [at, setAt] = useState<number>();
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const plot = useRef<SpeedPlot>(undefined);
  useEffect(() => {
    if (box.current === null || legend.current === null) return;
    const opened = new SpeedPlot(box.current, legend.current, setAt);
    plot.current = opened;
    const unfollow = followLooks(box.current, () => opened.draw());
    return () => {
      unfollow();
      opened.remove();
    };
  }, []);
  useEffect(() => plot.current?.show(speeds), [speeds]);
  const isAt = at !== undefined && at < speeds.down.length;
  const rate = (all: Float32Array): string => (isAt ? ` ${formatRate(all[at] ?? 0)}` : "");
  return (
    <>
      <div ref={box} class="plot" aria-hidden="true" />
      <ul ref={legend} class="legend" aria-hidden="true">
        <li class="down">
          {texts.speed.down}
          {rate(speeds.down)}
        </li>
        <li class="up">
          {texts.speed.up}
          {rate(speeds.up)}
        </li>
        {isAt && <li class="time">{texts.speed.at(axisTime(secondAt(speeds, at), "medium"))}</li>}
      </ul>
    </>
  );
}
