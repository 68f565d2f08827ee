import { useEffect, useState } from "preact/hooks";
import {
  ALONE,
  type Client,
  type Nearby,
  type NearbyView,
  type PersonKey,
  type PickedFile,
  type Place,
} from "../../engine/client.ts";
import { isolate } from "../isolate.ts";
import { later } from "../later.tsx";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { PersonRow, SendRow } from "./person-row.tsx";
import { RoomPart } from "./room-part.tsx";

/** What there is to see before anything was asked of the tracker. */
const NOBODY = { value: ALONE, subscribe: () => () => {} };

const TextDialog = later(async () => (await import("../text/text-dialog.tsx")).TextDialog);

export interface NearbyPanelProps {
  readonly client: Client;
  /** Undefined: nobody has needed it yet. */
  readonly nearby: Nearby | undefined;
  readonly onNearby: (nearby: Nearby) => void;
  /** The code in the address. Undefined: there is none. */
  readonly code: string | undefined;
  /** Waits for picked files. */
  readonly take: (
    files: Promise<readonly PickedFile[]>,
    use: (files: readonly PickedFile[]) => void,
  ) => Promise<void>;
  readonly onSettings: () => void;
}

/** People nearby: a switch, who is there, and rooms. Nothing is asked of the tracker before the person wants it. */
export function NearbyPanel({ client, nearby, onNearby, code, take, onSettings }: NearbyPanelProps) {
  const { isNearby } = useSignalValue(client.settings);
  const view = useSignalValue(nearby?.view ?? NOBODY);
  const [isLinkWrong, setLinkWrong] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const use = (deed: (nearby: Nearby) => void): void => {
    client.nearby().then(
      (loaded) => {
        setFailed(false);
        onNearby(loaded);
        deed(loaded);
      },
      () => setFailed(true),
    );
  };
  useEffect(() => {
    if (isNearby) use(() => {});
  }, [isNearby]);
  useEffect(() => {
    if (code === undefined) setLinkWrong(false);
    else use((loaded) => setLinkWrong(!loaded.enterRoom(code)));
  }, [code]);
  const isInUse = isNearby || code !== undefined || view.room.state !== "out";
  return (
    <details class="nearby" open={isInUse}>
      <summary>
        <h2>{texts.nearby.title}</h2>
      </summary>
      <label class="switch">
        <input
          type="checkbox"
          checked={isNearby}
          onChange={(event) => client.changeSettings({ isNearby: event.currentTarget.checked })}
        />
        {texts.nearby.switch}
      </label>
      {!isNearby && <p class="hint">{texts.nearby.about}</p>}
      {hasFailed && (
        <p class="problem" role="alert">
          {texts.nearby.notLoaded}
        </p>
      )}
      {nearby !== undefined && <Loaded {...{ client, nearby, view, take, onSettings, isNearby }} />}
      <RoomPart place={view.room} isLinkWrong={isLinkWrong} use={use} />
    </details>
  );
}

interface LoadedProps extends Pick<NearbyPanelProps, "client" | "take" | "onSettings"> {
  readonly nearby: Nearby;
  readonly view: NearbyView;
  readonly isNearby: boolean;
}

/** Who is there, and what the person sends them. */
function Loaded({ client, nearby, view, take, onSettings, isNearby }: LoadedProps) {
  const [writingTo, setWritingTo] = useState<readonly PersonKey[] | undefined>();
  const { deviceName, encrypts } = useSignalValue(client.settings);
  const send =
    (to: readonly PersonKey[]) =>
    (files: Promise<readonly PickedFile[]>): void =>
      void take(files, (picked) => void nearby.send(to, picked));
  const everybody = view.people.map(({ key }) => key);
  return (
    <>
      {isNearby && <NetworkNote view={view} />}
      {(isNearby || view.room.state === "in") && (
        <p class="hint">
          {deviceName !== undefined && `${texts.nearby.youAre(isolate(deviceName))} `}
          <button type="button" class="button quiet small" onClick={onSettings}>
            {texts.nearby.setName}
          </button>
        </p>
      )}
      {view.people.length > 0 && encrypts && client.canEncrypt && (
        <p class="hint">{texts.nearby.notEncrypted}</p>
      )}
      {view.people.length > 0 && (
        <ul class="people">
          {view.people.map((person) => (
            <PersonRow
              key={person.key}
              person={person}
              onFiles={send([person.key])}
              onText={() => setWritingTo([person.key])}
            />
          ))}
          {view.people.length > 1 && (
            <li>
              <p class="who">{texts.nearby.everybody}</p>
              <SendRow
                name={texts.nearby.everybody}
                onFiles={send(everybody)}
                onText={() => setWritingTo(everybody)}
              />
            </li>
          )}
        </ul>
      )}
      {writingTo !== undefined && (
        <TextDialog
          pasted=""
          onShare={(file) => void nearby.send(writingTo, [file])}
          onClose={() => setWritingTo(undefined)}
        />
      )}
    </>
  );
}

/** What is to be said about the network. */
function NetworkNote({ view: { network, people } }: { readonly view: NearbyView }) {
  const isProblem = network.state === "refused";
  return (
    <p class={isProblem ? "problem" : "hint"} role="status">
      {networkText(network, people.length)}
    </p>
  );
}

function networkText(network: Place, count: number): string {
  switch (network.state) {
    case "out":
      return texts.nearby.inAnotherTab;
    case "joining":
      return network.isAgain ? texts.nearby.connectingAgain : texts.nearby.connecting;
    case "refused":
      return texts.nearby.refused[network.why];
    case "in":
      return count === 0 ? texts.nearby.nobody : "";
  }
}
