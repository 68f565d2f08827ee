import { useState } from "preact/hooks";
import type { Account, Accounts, Told, TrackerDesk } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { Keys } from "./keys.tsx";
import { LoginForm, NewPassword, OldPassword } from "./login-form.tsx";
import { Field, Problem, typed, View } from "./parts.tsx";

interface AccountViewProps {
  readonly desk: TrackerDesk;
  readonly account: Account;
}

/** The person's account, or the form to get into one. */
export function AccountView({ desk, account }: AccountViewProps) {
  const { accounts } = desk;
  if (account.state === "guest") {
    return (
      <View key="guest" title={texts.account.logIn}>
        <div class="panel">
          <LoginForm accounts={accounts} account={account} />
        </div>
      </View>
    );
  }
  if (account.state !== "member") return null;
  return (
    <View key="member" title={account.name}>
      <div class="row">
        <p class="introduction">{account.isAdmin ? texts.account.isAdmin : texts.account.isMember}</p>
        <LogOut accounts={accounts} />
      </div>
      <Keys accounts={accounts} />
      <Password accounts={accounts} name={account.name} />
      {!account.isAdmin && <Administrator accounts={accounts} />}
      <DeleteAccount accounts={accounts} />
    </View>
  );
}

function LogOut({ accounts }: { readonly accounts: Accounts }) {
  const [problem, setProblem] = useState<string | undefined>();
  const logOut = async (): Promise<void> => {
    const told = await accounts.logOut();
    setProblem(told.ok ? undefined : told.problem);
  };
  return (
    <>
      <button type="button" class="button" onClick={logOut}>
        {texts.account.logOut}
      </button>
      {problem !== undefined && <Problem text={problem} />}
    </>
  );
}

/** A form whose answer is only that it worked or not. */
function useSubmit(send: (form: HTMLFormElement) => Promise<Told<undefined>>) {
  const [told, setTold] = useState<Told<undefined> | undefined>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    const answer = await send(form);
    setBusy(false);
    setTold(answer);
    if (answer.ok) form.reset();
  };
  return {
    submit,
    isBusy,
    isDone: told?.ok ?? false,
    problem: told?.ok === false ? told.problem : undefined,
  };
}

function Password({ accounts, name }: { readonly accounts: Accounts; readonly name: string }) {
  const { submit, isBusy, isDone, problem } = useSubmit((form) =>
    accounts.changePassword(typed(form, "password"), typed(form, "fresh")),
  );
  return (
    <section class="panel" aria-labelledby="password-title">
      <h2 id="password-title">{texts.account.password}</h2>
      <form onSubmit={submit}>
        {/* Password managers look for the name beside the new password. */}
        <input type="text" name="username" autocomplete="username" value={name} readOnly hidden />
        <OldPassword label={texts.account.currentPassword} />
        <NewPassword label={texts.account.newPassword} name="fresh" />
        {problem !== undefined && <Problem text={problem} />}
        <div class="row">
          <button type="submit" class="button" disabled={isBusy}>
            {texts.account.changePassword}
          </button>
          <span class="hint" role="status">
            {isDone && texts.account.passwordChanged}
          </span>
        </div>
      </form>
    </section>
  );
}

function Administrator({ accounts }: { readonly accounts: Accounts }) {
  const { submit, isBusy, problem } = useSubmit((form) => accounts.becomeAdministrator(typed(form, "code")));
  return (
    <details class="panel">
      <summary>{texts.account.runsTracker}</summary>
      <form onSubmit={submit}>
        <Field
          label={texts.account.code}
          name="code"
          autocomplete="off"
          maxLength={100}
          hint={texts.account.codeHint}
        />
        {problem !== undefined && <Problem text={problem} />}
        <button type="submit" class="button" disabled={isBusy}>
          {texts.account.becomeAdmin}
        </button>
      </form>
    </details>
  );
}

function DeleteAccount({ accounts }: { readonly accounts: Accounts }) {
  const { submit, isBusy, problem } = useSubmit((form) => accounts.deleteAccount(typed(form, "password")));
  return (
    <details class="panel">
      <summary>{texts.account.deleteTitle}</summary>
      <form onSubmit={submit}>
        <p>{texts.account.deleteText}</p>
        <OldPassword label={texts.account.yourPassword} />
        {problem !== undefined && <Problem text={problem} />}
        <button type="submit" class="button danger" disabled={isBusy}>
          {texts.account.deleteIt}
        </button>
      </form>
    </details>
  );
}
