import { useState } from "preact/hooks";
import type { Account, Accounts } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { Field, Problem, typed } from "./parts.tsx";

/** Shorter ones are guessed too fast. Trackers refuse them, too. */
const MIN_PASSWORD_CHARACTERS = 8;
const MAX_PASSWORD_CHARACTERS = 256;
const MAX_NAME_CHARACTERS = 32;

interface LoginFormProps {
  readonly accounts: Accounts;
  readonly account: Extract<Account, { readonly state: "guest" }>;
}

/** Logs in or registers. Password managers recognize the boxes. */
export function LoginForm({ accounts, account }: LoginFormProps) {
  const [isNew, setNew] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const [name, password] = [typed(form, "username"), typed(form, "password")];
    setBusy(true);
    const told = await (isNew
      ? accounts.register(name, password, typed(form, "code"))
      : accounts.logIn(name, password));
    setBusy(false);
    setProblem(told.ok ? undefined : told.problem);
  };
  const turn = (): void => {
    if (!isNew) void accounts.askRegistration(); // The page may have been open for days.
    setNew(!isNew);
    setProblem(undefined);
  };
  return (
    <form class="login" onSubmit={submit}>
      {isNew && !account.isRegistrationOpen && <p class="hint">{texts.account.registrationClosed}</p>}
      <Field
        label={texts.account.name}
        name="username"
        autocomplete="username"
        maxLength={MAX_NAME_CHARACTERS}
      />
      {isNew ? (
        <NewPassword label={texts.account.password} name="password" />
      ) : (
        <OldPassword label={texts.account.password} />
      )}
      {isNew && (
        <details>
          <summary>{texts.account.runsTracker}</summary>
          <Field
            label={texts.account.code}
            name="code"
            required={false}
            autocomplete="off"
            maxLength={100}
            hint={texts.account.codeHint}
          />
        </details>
      )}
      {problem !== undefined && <Problem text={problem} />}
      <div class="row">
        <button type="submit" class="button strong" disabled={isBusy}>
          {isNew ? texts.account.register : texts.account.logIn}
        </button>
        <button type="button" class="button quiet" onClick={turn}>
          {isNew ? texts.account.hasAccount : texts.account.registerInstead}
        </button>
      </div>
    </form>
  );
}

/** A box for the password that somebody has. */
export function OldPassword({ label }: { readonly label: string }) {
  return (
    <Field
      label={label}
      name="password"
      isSecret
      autocomplete="current-password"
      maxLength={MAX_PASSWORD_CHARACTERS}
    />
  );
}

/** A box for a password that somebody chooses now. */
export function NewPassword({ label, name }: { readonly label: string; readonly name: string }) {
  return (
    <Field
      label={label}
      name={name}
      isSecret
      autocomplete="new-password"
      minLength={MIN_PASSWORD_CHARACTERS}
      maxLength={MAX_PASSWORD_CHARACTERS}
      hint={texts.account.passwordHint}
    />
  );
}
