import type { InfoHash } from "#shared/base/ids.ts";
import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { AccountView } from "./account-view.tsx";
import { Administration } from "./administration.tsx";
import { CatalogView } from "./catalog.tsx";
import { EntryView } from "./catalog-entry.tsx";
import { useDesk } from "./desk.ts";
import { Problem, View } from "./parts.tsx";
import { styled } from "./styled.ts";
import { NOTHING_HERE } from "./texts.ts";
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
  if (desk === undefined || account.state === "unknown") return null;
  if (typeof desk === "string") {
    return (
      <View title="Tabswarm">
        <Problem text={desk} />
      </View>
    );
  }
  const { view, infoHash } = viewIn(path);
  if (!hasCatalog && (view === "catalog" || view === "entry")) return <NotFound key={path} />;
  // A tracker with accounts shows its catalog only to people who have one.
  if (account.state === "guest" && (view === "catalog" || view === "entry"))
    return <AccountView desk={desk} account={account} />;
  switch (view) {
    case "catalog":
      return <CatalogView desk={desk} />;
    case "entry":
      return <EntryView desk={desk} account={account} infoHash={infoHash} />;
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
    <View title="Not found">
      <p>{NOTHING_HERE}</p>
    </View>
  );
}

export const loadViews = () => styled(Views);

type Shown =
  | { readonly view: "catalog" | "tracker" | "account" | "accounts"; readonly infoHash?: undefined }
  | { readonly view: "entry"; readonly infoHash: InfoHash }
  | { readonly view?: undefined; readonly infoHash?: undefined };

function viewIn(path: string): Shown {
  if (path === "catalog" || path === "tracker" || path === "account" || path === "accounts")
    return { view: path };
  const [, hash] = /^catalog\/([0-9a-f]{40})$/i.exec(path) ?? [];
  return hash === undefined ? {} : { view: "entry", infoHash: hash.toLowerCase() as InfoHash };
}
