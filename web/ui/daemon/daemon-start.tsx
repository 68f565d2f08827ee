import type { StartProps } from "../app.tsx";
import { Swarm } from "../icons.tsx";
import { PickControl } from "../pick-control.tsx";
import { ReceiveForm } from "../receive-form.tsx";
import { TextForm } from "../text-form.tsx";
import { texts } from "../texts/texts.ts";

/** Where a person adds torrents to a daemon: by link, by .torrent file, and by a path on its machine. */
export function DaemonStart({ client, onPick }: StartProps) {
  const { daemon } = client;
  return (
    <>
      <section class="send" aria-labelledby="headline">
        <Swarm />
        <h1 id="headline" tabIndex={-1}>
          {texts.daemon.headline.map((line, at) => (
            <span key={at}>{line} </span>
          ))}
        </h1>
        <p class="introduction">{texts.daemon.introduction}</p>
        <div class="row">
          <PickControl
            label={texts.daemon.chooseTorrents}
            icon="file"
            kind="files"
            class="strong"
            onPick={onPick}
          />
        </div>
      </section>
      <ReceiveForm add={(text) => client.addTyped(text)} />
      {daemon !== undefined && (
        <TextForm
          id="path"
          label={texts.daemon.path}
          kinds={texts.daemon.pathKinds}
          hint={texts.daemon.pathHint}
          button={texts.daemon.share}
          icon="upload"
          add={(path) => daemon.sharePath(path)}
        />
      )}
    </>
  );
}
