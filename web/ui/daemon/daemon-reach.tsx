import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, DaemonDesk, DaemonReach as Reach } from "../../engine/client.ts";
import { PageLine } from "../install/page-line.tsx";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";

interface DaemonReachProps {
  readonly client: Client;
  readonly desk: DaemonDesk;
}

/** Says what stands between the page and its daemon, and what to do. Nothing while they hear each other. */
export function DaemonReach({ client, desk }: DaemonReachProps) {
  const reach = useSignalValue(desk.reach);
  if (reach.state === "locked") return <TokenForm {...{ desk, reach }} />;
  if (reach.state !== "lost") return null;
  return (
    <PageLine text={texts.daemon.lost}>
      <button type="button" class="button" onClick={() => client.tryNow()}>
        {texts.trouble.tryNow}
      </button>
    </PageLine>
  );
}

interface TokenFormProps {
  readonly desk: DaemonDesk;
  /** A new object whenever the daemon has refused one. */
  readonly reach: Extract<Reach, { readonly state: "locked" }>;
}

/** Asks for the token that the daemon wants to see. */
function TokenForm({ desk, reach }: TokenFormProps) {
  const box = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | undefined>();
  useEffect(() => setProblem(reach.wasWrong ? texts.daemon.tokenWrong : undefined), [reach]);
  useEffect(() => box.current?.focus(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setProblem(undefined);
    if (box.current !== null && !desk.unlock(box.current.value)) setProblem(texts.daemon.tokenUnclear);
  };
  const isWrong = problem !== undefined;
  return (
    <main class="token" aria-labelledby="token-title">
      <h1 id="token-title">{texts.daemon.tokenTitle}</h1>
      <p id="token-note">{texts.daemon.tokenText}</p>
      <form class="receive" onSubmit={submit}>
        <label for="token">{texts.daemon.token}</label>
        <div class="field">
          <input
            ref={box}
            id="token"
            type="password"
            autocomplete="off"
            spellcheck={false}
            maxLength={1_000}
            aria-invalid={isWrong}
            aria-describedby={isWrong ? "token-problem token-note" : "token-note"}
          />
          <button type="submit" class="button strong">
            {texts.daemon.open}
          </button>
        </div>
        {isWrong && (
          <p id="token-problem" class="problem" role="alert">
            {problem}
          </p>
        )}
      </form>
    </main>
  );
}
