import type { Account } from "../../engine/client.ts";
import { styled } from "../styled.ts";
import { texts } from "../texts/texts.ts";

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
            {texts.accounts.title}
          </a>
        )}
        <a href="#/account" class="account" title={account.name} aria-current={current("account")}>
          <bdi>{account.name}</bdi>
        </a>
      </>
    );
  }
  // While the page does not know who is logged in, the view behind the link says why.
  if (account.state !== "guest" && (account.state !== "unknown" || account.problem === undefined))
    return null;
  return (
    <a href="#/account" aria-current={current("account")}>
      {account.state === "guest" ? texts.account.logIn : texts.account.title}
    </a>
  );
}

export const loadAccountLink = () => styled(AccountLink);
