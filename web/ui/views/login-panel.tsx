import { useEffect } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { styled } from "../styled.ts";
import { texts } from "../texts/texts.ts";
import { useDesk } from "./desk.ts";
import { LoginForm } from "./login-form.tsx";

/** Asks a guest with files in the list to log in: without that, this tracker introduces nobody to them. */
export function LoginPanel({ client }: { readonly client: Client }) {
  const desk = useDesk(client);
  const account = useSignalValue(client.account);
  // The form that had the focus disappears.
  useEffect(() => {
    return () => {
      if (client.account.value.state === "member") document.getElementById("list-title")?.focus();
    };
  }, [client]);
  if (desk === undefined || typeof desk === "string" || account.state !== "guest") return null;
  return (
    <section class="panel featured-panel" aria-labelledby="login-title">
      <h2 id="login-title">{texts.account.logInToGoOn}</h2>
      <p>{texts.account.logInToGoOnText}</p>
      <LoginForm accounts={desk.accounts} account={account} />
    </section>
  );
}

export const loadLoginPanel = () => styled(LoginPanel);
