import { useEffect, useState } from "preact/hooks";
import type { Nearby, Place } from "../../engine/client.ts";
import { forgetRoom } from "../address.ts";
import { QrCode } from "../card/qr-code.tsx";
import { CopyBox } from "../copy-box.tsx";
import { texts } from "../texts/texts.ts";

interface RoomPartProps {
  readonly place: Place;
  /** The address has a code that is none. */
  readonly isLinkWrong: boolean;
  /** Loads it first, if nobody has needed it yet. */
  readonly use: (deed: (nearby: Nearby) => void) => void;
}

/** The room that a code opens: for people on different networks. */
export function RoomPart({ place, isLinkWrong, use }: RoomPartProps) {
  const leave = (nearby: Nearby): void => {
    nearby.leaveRoom();
    forgetRoom();
  };
  if (place.state === "in" && place.code !== undefined)
    return <OpenRoom {...place} onLeave={() => use(leave)} />;
  const isProblem = place.state === "refused" || (isLinkWrong && place.state === "out");
  return (
    <details class="room" open={isProblem || place.state !== "out"}>
      <summary>{texts.nearby.room}</summary>
      <div class="room-content">
        <p class="hint">{texts.nearby.roomAbout}</p>
        <button type="button" class="button" onClick={() => use((nearby) => nearby.enterRoom(undefined))}>
          {texts.nearby.openRoom}
        </button>
        <CodeForm use={use} />
        <p class="problem" role="alert">
          {isProblem &&
            (place.state === "refused" ? texts.nearby.refused[place.why] : texts.nearby.linkWrong)}
        </p>
        <p class="hint" role="status">
          {place.state === "joining" &&
            (place.isAgain ? texts.nearby.connectingAgain : texts.nearby.connecting)}
        </p>
      </div>
    </details>
  );
}

function CodeForm({ use }: Pick<RoomPartProps, "use">) {
  const [code, setCode] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    use((nearby) => setWrong(!nearby.enterRoom(code)));
  };
  return (
    <form onSubmit={submit}>
      <label for="room-code">{texts.nearby.code}</label>
      <div class="field">
        <input
          id="room-code"
          type="text"
          value={code}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? "room-code-problem" : undefined}
          onInput={(event) => {
            setCode(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <button type="submit" class="button">
          {texts.nearby.join}
        </button>
      </div>
      {isWrong && (
        <p id="room-code-problem" class="problem" role="alert">
          {texts.nearby.noCode}
        </p>
      )}
    </form>
  );
}

interface OpenRoomProps extends Extract<Place, { readonly state: "in" }> {
  readonly onLeave: () => void;
}

function OpenRoom({ code = "" as never, link = "", opensUntil = 0, onLeave }: OpenRoomProps) {
  const minutes = useMinutesUntil(opensUntil);
  return (
    <div class="room room-content">
      <h3>{texts.nearby.yourRoom}</h3>
      <p id="your-room-code" class="code" dir="ltr">
        {code.slice(0, 4)}-{code.slice(4)}
      </p>
      <QrCode text={link} />
      <CopyBox
        label={texts.nearby.roomLink}
        button={texts.nearby.copyRoomLink}
        value={link}
        describedBy="your-room-code"
        look="line"
      />
      <p class="hint">{minutes > 0 ? texts.nearby.opensFor(minutes) : texts.nearby.closed}</p>
      <button type="button" class="button quiet" onClick={onLeave}>
        {texts.nearby.leave}
      </button>
    </div>
  );
}

const MINUTE_MILLIS = 60_000;

function useMinutesUntil(time: number): number {
  const left = (): number => Math.max(0, Math.ceil((time - Date.now()) / MINUTE_MILLIS));
  const [minutes, setMinutes] = useState(left);
  useEffect(() => {
    setMinutes(left());
    const timer = setInterval(() => setMinutes(left()), MINUTE_MILLIS / 4);
    return () => clearInterval(timer);
  }, [time]);
  return minutes;
}
