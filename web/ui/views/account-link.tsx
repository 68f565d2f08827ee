import type { Account } from "../../engine/client.ts";
import { styled } from "./styled.ts";

/** The header's link to the person's account, or to logging in. */
export function AccountLink({ account }: { readonly account: Account }) {
  if (account.state === "member") {
    return (
      <>
        {account.isAdmin && <a href="#/accounts">Accounts</a>}
        <a href="#/account" class="account" title={account.name}>
          {account.name}
        </a>
      </>
    );
  }
  return account.state === "guest" ? <a href="#/account">Log in</a> : null;
}

export const loadAccountLink = () => styled(AccountLink);
