import type { Account } from "../../engine/client.ts";
import { styled } from "./styled.ts";

interface AccountLinkProps {
  readonly account: Account;
  /** The path of the view that is open. */
  readonly view: string;
}

/** The header's link to the person's account, or to logging in. */
export function AccountLink({ account, view }: AccountLinkProps) {
  const current = (path: string) => (view === path ? "page" : undefined);
  if (account.state === "member") {
    return (
      <>
        {account.isAdmin && (
          <a href="#/accounts" aria-current={current("accounts")}>
            Accounts
          </a>
        )}
        <a href="#/account" class="account" title={account.name} aria-current={current("account")}>
          {account.name}
        </a>
      </>
    );
  }
  return account.state === "guest" ? (
    <a href="#/account" aria-current={current("account")}>
      Log in
    </a>
  ) : null;
}

export const loadAccountLink = () => styled(AccountLink);
