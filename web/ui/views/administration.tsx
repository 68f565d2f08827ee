import { useState } from "preact/hooks";
import type { ApiAccountEntry } from "#shared/announce/tracker-api.ts";
import type { Account, Accounts, Told, TrackerDesk } from "../../engine/client.ts";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";
import { ago } from "./ago.ts";
import { Confirmed } from "./confirmed.tsx";
import { useAsked } from "./desk.ts";
import { Problem, View } from "./parts.tsx";

interface AdministrationProps {
  readonly desk: TrackerDesk;
  readonly account: Account;
}

/** Everybody's accounts, for administrators. */
export function Administration({ desk, account }: AdministrationProps) {
  const { accounts } = desk;
  const isAdmin = account.state === "member" && account.isAdmin;
  return (
    <View title={texts.accounts.title}>
      {isAdmin ? (
        <>
          <Registration accounts={accounts} />
          <Everybody accounts={accounts} ownName={account.name} />
        </>
      ) : (
        <p>{texts.views.nothingHere}</p>
      )}
    </View>
  );
}

function Registration({ accounts }: { readonly accounts: Accounts }) {
  const { told, askAgain } = useAsked(() => accounts.isRegistrationOpen(), [accounts]);
  const [problem, setProblem] = useState<string | undefined>();
  if (told === undefined) return null;
  if (!told.ok) return <Problem text={told.problem} onRetry={askAgain} />;
  const isOpen = told.value;
  const turn = async (): Promise<void> => {
    const answer = await accounts.openRegistration(!isOpen);
    setProblem(answer.ok ? undefined : answer.problem);
    askAgain();
  };
  return (
    <section class="panel" aria-labelledby="registration">
      <h2 id="registration">{texts.accounts.registration}</h2>
      <div class="row">
        <p class="grows" role="status">
          {isOpen ? texts.accounts.isOpen : texts.accounts.isClosed}
        </p>
        <button type="button" class="button" onClick={turn}>
          {isOpen ? texts.accounts.close : texts.accounts.open}
        </button>
      </div>
      {problem !== undefined && <Problem text={problem} />}
    </section>
  );
}

interface EverybodyProps {
  readonly accounts: Accounts;
  readonly ownName: string;
}

function Everybody({ accounts, ownName }: EverybodyProps) {
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const cursor = cursors.at(-1);
  const { told, askAgain } = useAsked(() => accounts.everybody(cursor), [accounts, cursor]);
  const [problem, setProblem] = useState<string | undefined>();
  const done = (answer: Told<undefined>): void => {
    setProblem(answer.ok ? undefined : answer.problem);
    askAgain();
  };
  if (told === undefined) return null;
  if (!told.ok) return <Problem text={told.problem} onRetry={askAgain} />;
  const { items, nextCursor } = told.value;
  return (
    <section class="panel" aria-labelledby="everybody">
      <h2 id="everybody">{texts.accounts.everybody}</h2>
      {problem !== undefined && <Problem text={problem} />}
      <ul class="keys">
        {items.map((entry, at) => (
          <li key={entry.name}>
            <AccountFacts id={`account-${at}`} entry={entry} isOwn={entry.name === ownName} />
            {entry.name !== ownName && (
              <AccountActions id={`account-${at}`} accounts={accounts} entry={entry} done={done} />
            )}
          </li>
        ))}
      </ul>
      <div class="row">
        {cursors.length > 1 && (
          <button type="button" class="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            {texts.views.previous}
          </button>
        )}
        {nextCursor !== undefined && (
          <button type="button" class="button" onClick={() => setCursors([...cursors, nextCursor])}>
            {texts.views.next}
          </button>
        )}
      </div>
    </section>
  );
}

interface AccountFactsProps {
  /** Of the element with the name. */
  readonly id: string;
  readonly entry: ApiAccountEntry;
  readonly isOwn: boolean;
}

function AccountFacts({ id, entry, isOwn }: AccountFactsProps) {
  const { name, isAdmin, createdAt, bannedAt } = entry;
  const now = Date.now();
  const facts = [
    ...(isOwn ? [texts.accounts.you] : []),
    ...(isAdmin ? [texts.accounts.admin] : []),
    ...(bannedAt === undefined ? [] : [texts.accounts.banned(ago(bannedAt, now))]),
    texts.accounts.registered(ago(createdAt, now)),
  ];
  return (
    <div data-banned={bannedAt !== undefined}>
      <strong id={id}>
        <bdi>{name}</bdi>
      </strong>
      <p class="hint">{facts.join(" · ")}</p>
    </div>
  );
}

interface AccountActionsProps {
  /** Of the element with the name, which a screen reader adds to what the buttons say. */
  readonly id: string;
  readonly accounts: Accounts;
  readonly entry: ApiAccountEntry;
  readonly done: (answer: Told<undefined>) => void;
}

function AccountActions({ id, accounts, entry, done }: AccountActionsProps) {
  const { name, isAdmin, bannedAt } = entry;
  const isBanned = bannedAt !== undefined;
  const named = { type: "button", class: "button quiet", "aria-describedby": id } as const;
  return (
    <span class="row">
      <button {...named} onClick={async () => done(await accounts.change(name, { isBanned: !isBanned }))}>
        {isBanned ? texts.accounts.liftBan : texts.accounts.ban}
      </button>
      <button {...named} onClick={async () => done(await accounts.change(name, { isAdmin: !isAdmin }))}>
        {isAdmin ? texts.accounts.takeAdmin : texts.accounts.makeAdmin}
      </button>
      <Confirmed
        label={texts.accounts.remove}
        describedBy={id}
        question={texts.accounts.removeQuestion(isolate(name))}
        onConfirm={async () => done(await accounts.remove(name))}
      />
    </span>
  );
}
