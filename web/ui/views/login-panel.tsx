import { useEffect } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { styled } from "../styled.ts";
import { useDesk } from "./desk.ts";
import { LoginForm } from "./login-form.tsx";
import { LOGIN_TO_GO_ON } from "./texts.ts";

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
      <h2 id="login-title">Log in to go on</h2>
      <p>{LOGIN_TO_GO_ON}</p>
      <LoginForm accounts={desk.accounts} account={account} />
    </section>
  );
}

export const loadLoginPanel = () => styled(LoginPanel);
