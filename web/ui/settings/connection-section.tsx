import { Fragment } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Client, type IceProblem, iceProblem, type OwnIceServer } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { useOnDialogClose } from "./on-dialog-close.ts";
import { Section } from "./section.tsx";
import * as texts from "./settings-texts.ts";

const FIELDS = [
  { name: "url", label: texts.ICE_URL },
  { name: "username", label: texts.ICE_USERNAME },
  { name: "password", label: texts.ICE_PASSWORD },
] as const;
const NOTHING = { url: "", username: "", password: "" };

/** A STUN or TURN server of the person's own. It counts for new links once its fields make one that works. */
export function ConnectionSection({ client }: { readonly client: Client }) {
  const { iceServer } = useSignalValue(client.settings);
  const [typed, setTyped] = useState(iceServer ?? NOTHING);
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
    const server = { url: url.trim(), username: username.trim(), password };
    const isNone = server.url === "";
    const found = isNone ? undefined : iceProblem(server);
    setProblem(found);
    if (found === undefined) client.changeSettings({ iceServer: isNone ? undefined : server });
  };
  const section = useRef<HTMLDivElement>(null);
  useOnDialogClose(section, keep);
  return (
    <Section id="connection" title={texts.CONNECTION}>
      <div ref={section} class="settings-fields">
        <p id="ice-note" class="hint">
          {texts.ICE_NOTE}
        </p>
        {FIELDS.map(({ name, label }) => (
          <Fragment key={name}>
            <label for={`ice-${name}`}>{label}</label>
            <input
              id={`ice-${name}`}
              {...(name === "password" ? { type: "password" } : { type: "text" })}
              autocomplete="off"
              maxLength={255}
              value={typed[name]}
              aria-invalid={problem !== undefined && (problem === "url") === (name === "url")}
              aria-describedby={problem === undefined ? "ice-note" : "ice-problem ice-note"}
              onInput={({ currentTarget }) => type({ [name]: currentTarget.value })}
              onChange={keep}
            />
          </Fragment>
        ))}
        {problem !== undefined && (
          <p id="ice-problem" class="problem" role="alert">
            {texts.ICE_PROBLEMS[problem]}
          </p>
        )}
      </div>
    </Section>
  );
}
