import type { InfoHash } from "#shared/base/ids.ts";
import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { styled } from "../styled.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { texts } from "../texts/texts.ts";
import { AccountView } from "./account-view.tsx";
import { Administration } from "./administration.tsx";
import { CatalogView } from "./catalog.tsx";
import { EntryView } from "./catalog-entry.tsx";
import { useDesk } from "./desk.ts";
import { Problem, View } from "./parts.tsx";
import { TrackerView } from "./tracker-view.tsx";

interface ViewsProps {
  readonly client: Client;
  /** What follows `#/` in the address, such as `catalog/<info-hash>`. */
  readonly path: string;
}

/** The view of the tracker that the address names. */
export function Views({ client, path }: ViewsProps) {
  const desk = useDesk(client);
  const account = useSignalValue(client.account);
  const hasCatalog = useSignalValue(client.hasCatalog);
  if (desk === undefined) return null;
  if (typeof desk === "string") {
    return (
      <View title="Tabswarm">
        <Problem text={desk} />
      </View>
    );
  }
  if (account.state === "unknown") {
    return (
      account.problem !== undefined && (
        <View title={texts.account.title}>
          <Problem
            text={texts.account.unknown(inOurWords(account.problem))}
            onRetry={() => void desk.accounts.look()}
          />
        </View>
      )
    );
  }
  const shown = viewIn(path);
  const { view } = shown;
  if (!hasCatalog && (view === "catalog" || view === "entry")) return <NotFound key={path} />;
  // A tracker with accounts shows its catalog only to people who have one.
  if (account.state === "guest" && (view === "catalog" || view === "entry"))
    return <AccountView desk={desk} account={account} />;
  switch (shown.view) {
    case "catalog":
      return <CatalogView desk={desk} query={shown.query} />;
    case "entry":
      return <EntryView desk={desk} account={account} infoHash={shown.infoHash} />;
    case "tracker":
      return <TrackerView desk={desk} account={account} />;
    case "account":
      if (account.state !== "none") return <AccountView desk={desk} account={account} />;
      break;
    case "accounts":
      if (account.state !== "none") return <Administration desk={desk} account={account} />;
  }
  return <NotFound key={path} />;
}

function NotFound() {
  return (
    <View title={texts.views.notFound}>
      <p>{texts.views.nothingHere}</p>
    </View>
  );
}

export const loadViews = () => styled(Views);

type Shown =
  | { readonly view: "catalog" /** What follows `?`. */; readonly query: string }
  | { readonly view: "entry"; readonly infoHash: InfoHash }
  | { readonly view: "tracker" | "account" | "accounts" | undefined };

function viewIn(path: string): Shown {
  if (path === "tracker" || path === "account" || path === "accounts") return { view: path };
  const [, hash] = /^catalog\/([0-9a-f]{40})$/i.exec(path) ?? [];
  if (hash !== undefined) return { view: "entry", infoHash: hash.toLowerCase() as InfoHash };
  const [isCatalog, query = ""] = /^catalog(?:\?(.*))?$/s.exec(path) ?? [];
  return isCatalog === undefined ? { view: undefined } : { view: "catalog", query };
}
