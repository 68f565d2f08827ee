import { useRef } from "preact/hooks";
import type { TrackerView } from "#shared/session/view.ts";
import type { Client, EntryKey, ListedTracker } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { AddTracker } from "./add-tracker.tsx";
import { notAskedSentence, trackerSentence } from "./details-texts.ts";
import { useCountdown } from "./use-countdown.ts";

interface TrackerListProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly listed: readonly ListedTracker[];
  /** How those are that the torrent is announced to. None: it is not announced now. */
  readonly trackers: readonly TrackerView[];
  readonly isPrivate: boolean;
  /** Unique on the page: the ids of the fields begin with it. */
  readonly id: string;
}

/** Its trackers, each with its state in words, to take out, and a box for another one. */
export function TrackerList({ client, entryKey, listed, trackers, isPrivate, id }: TrackerListProps) {
  const list = useRef<HTMLUListElement>(null);
  const own = client.daemon === undefined ? texts.trackers.own : texts.daemon.ownTracker;
  const takeOut = ({ url }: ListedTracker, button: HTMLButtonElement): void => {
    focusBeside(list.current, button);
    client.removeTracker(entryKey, url);
  };
  return (
    <div class="trackers">
      {listed.length === 0 && <p class="note">{texts.trackers.none}</p>}
      <ul ref={list} tabIndex={-1} aria-label={texts.trackers.title}>
        {listed.map((one) => {
          const view = trackers.find(({ url }) => url === one.url);
          return (
            <li key={one.url} class="tracker" data-state={view?.state}>
              <span>
                <strong>
                  <bdi>{one.url}</bdi>
                </strong>{" "}
                {one.isOwn && listed.length > 1 && `${own} `}
                {view !== undefined && trackers.length > 1 && `${texts.trackers.tier(view.tier)} `}
                {view === undefined ? (
                  notAskedSentence(one.isReachable, trackers.length > 0)
                ) : (
                  <TrackerState view={view} />
                )}
              </span>
              {!one.isOwn && !isPrivate && (
                <button
                  type="button"
                  class="button"
                  aria-label={texts.trackers.takeOutOf(one.url)}
                  onClick={({ currentTarget }) => takeOut(one, currentTarget)}
                >
                  {texts.trackers.takeOut}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {isPrivate ? (
        <p class="hint">{texts.trackers.private}</p>
      ) : (
        <AddTracker id={`${id}-tracker`} add={(address) => client.addTracker(entryKey, address)} />
      )}
    </div>
  );
}

function TrackerState({ view }: { readonly view: TrackerView }) {
  const nextInSeconds = useCountdown(view);
  return <>{trackerSentence({ ...view, nextInSeconds })}</>;
}

/** The button goes with its row: moves the focus to that of the next row, else of the one before, else to the list. */
function focusBeside(list: HTMLElement | null, button: HTMLButtonElement): void {
  const buttons = [...(list?.querySelectorAll("button") ?? [])];
  const at = buttons.indexOf(button);
  (buttons[at + 1] ?? buttons[at - 1] ?? list)?.focus();
}
