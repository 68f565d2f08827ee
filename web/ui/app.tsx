import { useEffect, useMemo, useState } from "preact/hooks";
import type { Client, EntryKey, Notice, PickedFile } from "../engine/client.ts";
import { followAddress, isShared, showList } from "./address.ts";
import type { CardActions } from "./card/card-actions.tsx";
import { focusAfterRemoval } from "./focus-after-removal.ts";
import { Logo } from "./icons.tsx";
import { listenForIncoming } from "./incoming.ts";
import { later } from "./later.tsx";
import { useLooks } from "./looks.ts";
import { Notices } from "./notices/notices.tsx";
import { Promises } from "./page-parts.tsx";
import { addPicked, loadReading } from "./pick.ts";
import { PickError } from "./pick-error.ts";
import { ReceiveForm } from "./receive-form.tsx";
import { SendPanel } from "./send-panel.tsx";
import { SettingsButton } from "./settings/settings-button.tsx";
import { useSignalValue } from "./signal-value.ts";
import { DROP_SIGN, NOTHING_DROPPED, PICK_FAILED, READING_FOLDER } from "./texts.ts";

interface AppProps {
  readonly client: Client;
}

const Views = later(async () => (await import("./views/views.tsx")).loadViews());
const AccountLink = later(async () => (await import("./views/account-link.tsx")).loadAccountLink());
const TabWatch = later(async () => (await import("./tab/tab-watch.tsx")).TabWatch);
const Installed = later(async () => (await import("./install/installed.tsx")).Installed);
const TorrentList = later(async () => (await import("./list/torrent-list.tsx")).TorrentList);
const RemoveDialog = later(async () => (await import("./remove-dialog.tsx")).RemoveDialog);

// Fetched at once, beside the tracker's configuration: it is here before the stored list has been read.
TorrentList.prepare();

/** The views that everybody can open. */
const PLACES = [
  ["", "Your files"],
  ["catalog", "Catalog"],
  ["tracker", "This tracker"],
] as const;

/** The whole page. */
export function App({ client }: AppProps) {
  const entries = useSignalValue(client.entries);
  const isReady = useSignalValue(client.ready);
  useLooks(useSignalValue(client.settings));
  const isEmpty = isReady && entries.length === 0;
  const account = useSignalValue(client.account);
  const hasCatalog = useSignalValue(client.hasCatalog);
  const [view, setView] = useState("");
  const [hasOpenedLink, setOpenedLink] = useState(false);
  const [removing, setRemoving] = useState<EntryKey | undefined>();
  const { notices, take, dismiss, isReading } = useFiles(client);
  const hovers = useIncoming(client, take);
  const actions = useMemo(() => cardActions(client, setRemoving, take), [client, take]);
  const doomed = entries.find((entry) => entry.key === removing);

  // Fetched now, as the page's server may be gone when somebody needs them. What fails is tried again then.
  useEffect(() => {
    RemoveDialog.prepare();
    loadReading().catch(() => {});
  }, []);
  useEffect(() => {
    const open = (link: string): void => {
      setOpenedLink(true);
      client.addLink(link);
    };
    return followAddress(open, setView);
  }, [client]);

  const isList = view === "" || isShared(view);
  const remove = (deleteData: boolean): void => {
    setRemoving(undefined);
    if (doomed === undefined) return;
    focusAfterRemoval(doomed.key);
    client.remove(doomed.key, deleteData);
  };
  // Whoever opened a link wants to see that download before anything else.
  const list = <TorrentList key="list" {...{ client, entries, isReady, actions }} isShown={isList} />;
  return (
    <div class="page" data-empty={isEmpty} data-ready={isReady}>
      <header class="top">
        <a href="#/" class="home">
          <Logo />
          Tabswarm
        </a>
        <nav>
          {PLACES.map(
            ([path, name]) =>
              (path !== "catalog" || hasCatalog) && (
                <a
                  key={path}
                  href={`#/${path}`}
                  aria-current={view.split(/[/?]/)[0] === path ? "page" : undefined}
                >
                  {name}
                </a>
              ),
          )}
          {account.state !== "none" && <AccountLink account={account} view={view} />}
        </nav>
        <SettingsButton client={client} />
      </header>
      {isReady && (
        <Installed
          client={client}
          entries={entries}
          view={view}
          onFiles={(files) => void take(files, (picked) => addPicked(client, picked))}
        />
      )}
      <Notices notices={notices} onDismiss={dismiss} />
      {!isList && <Views client={client} path={view} />}
      <main class="work" hidden={!isList}>
        {hasOpenedLink && list}
        <div key="start" class="start">
          <SendPanel onPick={(files) => take(files, (picked) => addPicked(client, picked))} />
          <ReceiveForm add={(text) => client.addTyped(text)} />
        </div>
        {isEmpty && <Promises key="promises" />}
        {!hasOpenedLink && list}
      </main>
      {doomed !== undefined && doomed.state !== "hashing" && (
        <RemoveDialog
          client={client}
          entry={doomed}
          onRemove={remove}
          onCancel={() => setRemoving(undefined)}
        />
      )}
      <p class="reading" role="status">
        {isReading && READING_FOLDER}
      </p>
      <TabWatch client={client} entries={entries} />
      {hovers && <div class="drop-sign">{DROP_SIGN}</div>}
    </div>
  );
}

type Take = (
  files: Promise<readonly PickedFile[]>,
  use: (files: readonly PickedFile[]) => void,
) => Promise<void>;

/** Waits for picked files. If that fails, adds a notice of its own to the client's. */
function useFiles(client: Client) {
  const notices = useSignalValue(client.notices);
  const [own, setOwn] = useState<readonly Notice[]>([]);
  const [readingCount, setReadingCount] = useState(0);
  const take = useMemo((): Take => {
    let last = 0;
    const say = (text: string): void => setOwn((before) => [...before, { id: --last, kind: "error", text }]); // negative, unlike the client's
    return async (files, use) => {
      setReadingCount((count) => count + 1);
      try {
        const picked = await files;
        if (picked.length > 0) use(picked);
        else say(NOTHING_DROPPED);
      } catch (error) {
        say(error instanceof PickError ? error.message : PICK_FAILED);
      } finally {
        setReadingCount((count) => count - 1);
      }
    };
  }, []);
  const dismiss = (notice: Notice): void => {
    if (notice.id < 0) setOwn((before) => before.filter((other) => other !== notice));
    else client.dismissNotice(notice.id);
  };
  return { notices: [...notices, ...own], take, dismiss, isReading: readingCount > 0 };
}

/** Handles drops and pastes anywhere on the page. True while a person drags something over it. */
function useIncoming(client: Client, take: Take): boolean {
  const [hovers, setHovers] = useState(false);
  useEffect(
    () =>
      listenForIncoming({
        onHover: setHovers,
        onPaste: (text) => client.addPasted(text),
        onDrop: ({ files, text }, onto) => {
          showList();
          if (files === undefined) {
            if (text !== "") client.addLink(text);
            return;
          }
          const waiting = waitingEntry(client, onto);
          void take(files, (picked) =>
            waiting === undefined ? addPicked(client, picked) : client.supplyFiles(waiting, picked),
          );
        },
      }),
    [client, take],
  );
  return hovers;
}

/** The entry under the drop, if it is waiting for its files. */
function waitingEntry(client: Client, onto: Element | undefined): EntryKey | undefined {
  const infoHash = onto?.closest('article[data-state="needs-file"]')?.getAttribute("data-infohash");
  return client.entries.value.find((entry) => entry.state === "needs-file" && entry.infoHash === infoHash)
    ?.key;
}

function cardActions(client: Client, askToRemove: (key: EntryKey) => void, take: Take): CardActions {
  return {
    pause: (key) => client.pause(key),
    resume: (key) => client.resume(key),
    remove: (key) => {
      const entry = client.entries.value.find((one) => one.key === key);
      if (entry?.state !== "hashing") return askToRemove(key);
      focusAfterRemoval(key);
      client.remove(key, true); // nothing to lose, so no question
    },
    save: (key) => client.save(key),
    saveTorrentFile: (key) => client.saveTorrentFile(key),
    saveToFolder: client.canSaveToFolder ? (key) => client.saveToFolder(key) : undefined,
    continueSharing: (key) => client.continueSharing(key),
    supplyFiles: (key, files) => void take(files, (picked) => client.supplyFiles(key, picked)),
    client,
  };
}
