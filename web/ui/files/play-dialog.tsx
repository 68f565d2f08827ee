import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, EntryKey, Play } from "../../engine/client.ts";
import { FileName } from "../file-name.tsx";
import { texts } from "../texts/texts.ts";
import { holdAfterSeeks } from "./hold-after-seeks.ts";
import { leaveStuckSeeks } from "./leave-stuck-seeks.ts";

export interface PlayDialogProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly index: number;
  readonly name: string;
  readonly onClose: () => void;
}

/** Plays a video or audio file, also while it arrives. What the player wants next is fetched first. */
export function PlayDialog({ client, entryKey, index, name, onClose }: PlayDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const play = usePlay(client, entryKey, index);
  return (
    <dialog ref={dialog} class="preview" aria-labelledby="play-title" onClose={onClose}>
      <h2 id="play-title">
        <FileName name={name} />
      </h2>
      <div class="preview-content">{play !== undefined && <Player play={play} name={name} />}</div>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.buttons.close}
        </button>
      </div>
    </dialog>
  );
}

function Player({ play, name }: { readonly play: Play; readonly name: string }) {
  const [isBroken, setBroken] = useState(false);
  if (play.state === "not") return <p class="note">{texts.files.noPlay[play.why]}</p>;
  if (isBroken) return <p class="note">{texts.files.noPlay.broken}</p>;
  const Media = play.kind;
  // `autoplay` would wait until the browser expects no stall to the end. A stranger's file has no captions that we could name.
  return (
    <Media
      ref={watchSeeks}
      src={play.url}
      aria-label={name}
      controls
      preload="auto"
      onCanPlay={({ currentTarget }) => begin(currentTarget)}
      onError={() => setBroken(true)}
    />
  );
}

function watchSeeks(media: HTMLMediaElement | null): void {
  if (media === null) return;
  holdAfterSeeks(media);
  leaveStuckSeeks(media);
}

/** Once: later the person may have paused it. */
function begin(media: HTMLMediaElement): void {
  if (media.dataset["begun"] !== undefined) return;
  media.dataset["begun"] = "";
  media.play().catch(() => {}); // The browser wants a click: the controls are there.
}

/** Undefined: not known yet. */
function usePlay(client: Client, key: EntryKey, index: number): Play | undefined {
  const [play, setPlay] = useState<Play>();
  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    void client.play(key, index).then((now) => {
      if (now.state === "plays") end = now.close;
      if (isOver) end?.();
      else setPlay(now);
    });
    return () => {
      isOver = true;
      end?.();
    };
  }, [client, key, index]);
  return play;
}
