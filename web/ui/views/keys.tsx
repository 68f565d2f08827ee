import { useState } from "preact/hooks";
import type { ApiKey, NewApiKey } from "#shared/announce/tracker-api.ts";
import type { Accounts, Told } from "../../engine/client.ts";
import { CopyBox } from "../copy-box.tsx";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";
import { ago, until } from "./ago.ts";
import { Confirmed } from "./confirmed.tsx";
import { useAsked } from "./desk.ts";
import { Empty, Field, Problem, typed } from "./parts.tsx";

const DAY_SECONDS = 86_400;
const MAX_NAME_CHARACTERS = 64;

/** How long a new key works, in days. Empty: for ever. */
const LIFETIMES = [
  ["", "forever"],
  ["30", "days30"],
  ["365", "days365"],
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
      <h2 id="keys-title">{texts.keys.title}</h2>
      <p>{texts.keys.introduction}</p>
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
        <strong>
          <bdi>{fresh.name}</bdi>
        </strong>
        : {texts.keys.copyNow}
      </p>
      <CopyBox label={texts.keys.key} button={texts.keys.copyKey} value={fresh.key} describedBy="fresh-key" />
      {fresh.announceUrls.map((url) => (
        <CopyBox
          key={url}
          label={texts.keys.announceUrl(url.startsWith("ws") ? "WebSocket" : "HTTP")}
          button={texts.keys.copyUrl}
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
  if (keys.length === 0) return <Empty>{texts.keys.none}</Empty>;
  const now = Date.now();
  return (
    <ul class="keys">
      {keys.map((key) => (
        <li key={key.id}>
          <div>
            <strong id={`key-${key.id}`}>
              <bdi>{key.name}</bdi>
            </strong>
            <p class="hint">{factsOf(key, now).join(" · ")}</p>
          </div>
          <span class="row">
            <button
              type="button"
              class="button quiet"
              title={texts.keys.replaceHint}
              aria-describedby={`key-${key.id}`}
              onClick={async () => take(await accounts.replaceKey(key.id, DAY_SECONDS))}
            >
              {texts.keys.replace}
            </button>
            <Confirmed
              label={texts.keys.revoke}
              describedBy={`key-${key.id}`}
              question={texts.keys.revokeQuestion(isolate(key.name))}
              onConfirm={async () => take(await accounts.revokeKey(key.id))}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

function factsOf({ lastUsedAt, createdAt, expiresAt }: ApiKey, now: number): readonly string[] {
  const { neverUsed, lastUsed, made, endless, expires } = texts.keys;
  return [
    lastUsedAt === undefined ? neverUsed : lastUsed(ago(lastUsedAt, now)),
    made(ago(createdAt, now)),
    expiresAt === undefined ? endless : expires(until(expiresAt, now)),
  ];
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
      <Field label={texts.keys.newName} name="name" autocomplete="off" maxLength={MAX_NAME_CHARACTERS} />
      <label class="labelled">
        <span class="visually-hidden">{texts.keys.lifetime}</span>
        <select name="days">
          {LIFETIMES.map(([days, name]) => (
            <option key={days} value={days}>
              {texts.keys.lifetimes[name]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button" disabled={isBusy}>
        {texts.keys.make}
      </button>
    </form>
  );
}
