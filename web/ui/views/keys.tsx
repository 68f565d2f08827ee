import { useState } from "preact/hooks";
import type { ApiKey, NewApiKey } from "#shared/announce/tracker-api.ts";
import type { Accounts, Told } from "../../engine/client.ts";
import { LinkBox } from "../link-box.tsx";
import { ago, until } from "./ago.ts";
import { Confirmed } from "./confirmed.tsx";
import { useAsked } from "./desk.ts";
import { Empty, Field, Problem, typed } from "./parts.tsx";
import { KEY_ONCE, KEYS_INTRODUCTION, NO_KEYS, REPLACE_HINT, revokeQuestion } from "./texts.ts";

const DAY_SECONDS = 86_400;
const MAX_NAME_CHARACTERS = 64;

/** How long a new key works, in days. Empty: for ever. */
const LIFETIMES = [
  ["", "Does not expire"],
  ["30", "Expires in 30 days"],
  ["365", "Expires in a year"],
] as const;

/** The keys of the person's programs. */
export function Keys({ accounts }: { readonly accounts: Accounts }) {
  const { told, askAgain } = useAsked(() => accounts.keys(), [accounts]);
  const [fresh, setFresh] = useState<NewApiKey | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  const take = (answer: Told<NewApiKey | undefined>): void => {
    setProblem(answer.ok ? undefined : answer.problem);
    setFresh(answer.ok ? answer.value : undefined);
    askAgain();
  };
  return (
    <section class="panel" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <p>{KEYS_INTRODUCTION}</p>
      <div role="status">{fresh !== undefined && <FreshKey fresh={fresh} />}</div>
      {told?.ok === false && <Problem text={told.problem} onRetry={askAgain} />}
      {told?.ok && <KeyList accounts={accounts} keys={told.value} take={take} />}
      {problem !== undefined && <Problem text={problem} />}
      <NewKeyForm accounts={accounts} take={take} />
    </section>
  );
}

/** The only time that a key is shown. */
function FreshKey({ fresh }: { readonly fresh: NewApiKey }) {
  return (
    <div class="fresh-key">
      <p id="fresh-key">
        <strong>{fresh.name}</strong>: {KEY_ONCE}
      </p>
      <LinkBox label="Key" button="Copy key" value={fresh.key} describedBy="fresh-key" />
      {fresh.announceUrls.map((url) => (
        <LinkBox
          key={url}
          label={`Announce URL (${url.startsWith("ws") ? "WebSocket" : "HTTP"})`}
          button="Copy URL"
          value={url}
          describedBy="fresh-key"
        />
      ))}
    </div>
  );
}

interface KeyListProps {
  readonly accounts: Accounts;
  readonly keys: readonly ApiKey[];
  readonly take: (answer: Told<NewApiKey | undefined>) => void;
}

function KeyList({ accounts, keys, take }: KeyListProps) {
  if (keys.length === 0) return <Empty>{NO_KEYS}</Empty>;
  const now = Date.now();
  return (
    <ul class="keys">
      {keys.map((key) => (
        <li key={key.id}>
          <div>
            <strong id={`key-${key.id}`}>{key.name}</strong>
            <p class="hint">
              {key.lastUsedAt === undefined ? "Never used" : `Last used ${ago(key.lastUsedAt, now)}`} · made{" "}
              {ago(key.createdAt, now)} ·{" "}
              {key.expiresAt === undefined ? "does not expire" : `expires ${until(key.expiresAt, now)}`}
            </p>
          </div>
          <span class="row">
            <button
              type="button"
              class="button quiet"
              title={REPLACE_HINT}
              aria-describedby={`key-${key.id}`}
              onClick={async () => take(await accounts.replaceKey(key.id, DAY_SECONDS))}
            >
              Replace
            </button>
            <Confirmed
              label="Revoke"
              describedBy={`key-${key.id}`}
              question={revokeQuestion(key.name)}
              onConfirm={async () => take(await accounts.revokeKey(key.id))}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

function NewKeyForm({ accounts, take }: Omit<KeyListProps, "keys">) {
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const days = Number(typed(form, "days"));
    setBusy(true);
    const told = await accounts.addKey(typed(form, "name"), days > 0 ? days * DAY_SECONDS : undefined);
    setBusy(false);
    take(told);
    if (told.ok) form.reset();
  };
  return (
    <form class="inline-form" onSubmit={submit}>
      <Field label="Name of a new key" name="name" autocomplete="off" maxLength={MAX_NAME_CHARACTERS} />
      <label class="labelled">
        <span class="visually-hidden">How long it works</span>
        <select name="days">
          {LIFETIMES.map(([days, text]) => (
            <option key={days} value={days}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button" disabled={isBusy}>
        Make a key
      </button>
    </form>
  );
}
