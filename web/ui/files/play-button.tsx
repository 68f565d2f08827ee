import { useState } from "preact/hooks";
import type { TorrentView } from "#shared/session/view.ts";
import { type Client, type EntryKey, mediaTypeOf } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";
import { PlayDialog } from "./play-dialog.tsx";

interface PlayMainProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly torrent: TorrentView;
}

/** Plays the largest file of a torrent that can be played. Nothing, if none can. */
export function PlayMain({ client, entryKey, torrent }: PlayMainProps) {
  const playable = torrent.files.filter(({ path, selected }) => selected && mediaTypeOf(path) !== undefined);
  const [first] = playable;
  if (first === undefined) return null;
  const largest = playable.reduce((most, file) => (file.bytes > most.bytes ? file : most), first);
  const name = largest.path.slice(largest.path.lastIndexOf("/") + 1);
  return <PlayButton {...{ client, entryKey, name }} index={largest.index} />;
}

interface PlayButtonProps extends Omit<PlayMainProps, "torrent"> {
  readonly index: number;
  readonly name: string;
}

export function PlayButton({ client, entryKey, index, name }: PlayButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label={texts.files.playOf(isolate(name))}
        onClick={() => setOpen(true)}
      >
        <Icon name="play" />
        {texts.files.play}
      </button>
      {isOpen && <PlayDialog {...{ client, entryKey, index, name }} onClose={() => setOpen(false)} />}
    </>
  );
}
