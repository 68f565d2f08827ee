import type { WebSeedView } from "#shared/session/view.ts";
import { retry } from "../card/card-texts.ts";
import { formatBytes, formatRate } from "../format.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { texts } from "../texts/texts.ts";
import { useCountdown } from "./use-countdown.ts";

interface WebSeedListProps {
  readonly webSeeds: readonly WebSeedView[];
  /** Unique on the page. */
  readonly id: string;
}

/** The web servers that have its files, each with what it does or why it does not. */
export function WebSeedList({ webSeeds, id }: WebSeedListProps) {
  if (webSeeds.length === 0) return null;
  return (
    <div class="trackers">
      <h4 id={`${id}-web-seeds`}>{texts.webSeeds.title}</h4>
      <ul aria-labelledby={`${id}-web-seeds`}>
        {webSeeds.map((seed) => (
          <li key={seed.url} class="tracker" data-state={seed.problem === undefined ? seed.state : "refused"}>
            <span>
              <strong>
                <bdi>{seed.url}</bdi>
              </strong>{" "}
              <WebSeedState seed={seed} />
            </span>
          </li>
        ))}
      </ul>
      <p class="hint">{texts.webSeeds.note}</p>
    </div>
  );
}

function WebSeedState({ seed }: { readonly seed: WebSeedView }) {
  const nextInSeconds = useCountdown(seed);
  return <>{webSeedSentences({ ...seed, nextInSeconds }).join(" ")}</>;
}

function webSeedSentences(seed: WebSeedView): readonly string[] {
  const { state, problem, nextInSeconds, downloadedBytes, downBytesPerSecond } = seed;
  const words = texts.webSeeds;
  return [
    ...(problem === undefined ? [] : [words.problem(inOurWords(problem))]),
    ...(state === "banned" ? [words.banned] : []),
    ...(state === "resting" ? [retry(nextInSeconds)] : []),
    ...(state === "fetching" ? [words.fetching(formatRate(downBytesPerSecond))] : []),
    ...(state === "waiting" && problem === undefined ? [words.waiting] : []),
    ...(downloadedBytes > 0 ? [words.sent(formatBytes(downloadedBytes))] : []),
  ];
}
