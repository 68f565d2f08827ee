import { Fragment } from "preact";
import { useRef, useState } from "preact/hooks";
import { type IceProblem, iceProblem, type OwnIceServer } from "../../engine/client.ts";
import { useOnDialogClose } from "../fields/on-dialog-close.ts";
import { texts } from "../texts/texts.ts";

interface IceServerFieldsProps {
  /** From 0. */
  readonly at: number;
  readonly server: OwnIceServer | undefined;
  /** Only what works, or nothing. */
  readonly onChange: (server: OwnIceServer | undefined) => void;
}

const NOTHING = { url: "", username: "", password: "" };
const NAMES = ["url", "username", "password"] as const;

/** One STUN or TURN server. It counts for new links once its fields make one that works. */
export function IceServerFields({ at, server, onChange }: IceServerFieldsProps) {
  const [typed, setTyped] = useState(server ?? NOTHING);
  const [problem, setProblem] = useState<IceProblem>();
  const latest = useRef<OwnIceServer>(typed);
  const isChanged = useRef(false);
  const type = (change: Partial<OwnIceServer>): void => {
    latest.current = { ...latest.current, ...change };
    isChanged.current = true;
    setTyped(latest.current);
  };
  const keep = (): void => {
    if (!isChanged.current) return; // Another tab may have changed it.
    isChanged.current = false;
    const { url, username, password } = latest.current;
    const found = { url: url.trim(), username: username.trim(), password };
    const isNone = found.url === "";
    const wrong = isNone ? undefined : iceProblem(found);
    setProblem(wrong);
    if (wrong === undefined) onChange(isNone ? undefined : found);
  };
  const fields = useRef<HTMLDivElement>(null);
  useOnDialogClose(fields, keep);
  const id = at === 0 ? "ice" : `ice-${at + 1}`;
  return (
    <div ref={fields} class="settings-fields">
      {NAMES.map((name) => (
        <Fragment key={name}>
          <label for={`${id}-${name}`}>
            {at === 0 ? texts.settings.iceFields[name] : texts.settings.iceFieldsOf[name](at + 1)}
          </label>
          <input
            id={`${id}-${name}`}
            {...(name === "password" ? { type: "password" } : { type: "text" })}
            autocomplete="off"
            maxLength={255}
            value={typed[name]}
            aria-invalid={problem !== undefined && (problem === "url") === (name === "url")}
            aria-describedby={problem === undefined ? "ice-note" : `${id}-problem ice-note`}
            onInput={({ currentTarget }) => type({ [name]: currentTarget.value })}
            onChange={keep}
          />
        </Fragment>
      ))}
      {problem !== undefined && (
        <p id={`${id}-problem`} class="problem" role="alert">
          {texts.settings.iceProblems[problem]}
        </p>
      )}
    </div>
  );
}
