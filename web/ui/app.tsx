import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Client, DaemonDesk, EntryKey, Nearby, Notice, PickedFile } from "../engine/client.ts";
import { followAddress, isShared, roomCode, showList } from "./address.ts";
import type { CardActions } from "./card/card-actions.tsx";
import { focusAfterRemoval } from "./focus-after-removal.ts";
import { useNoHiddenDialogs } from "./hidden-dialogs.ts";
import { Logo } from "./icons.tsx";
import { listenForIncoming } from "./incoming.ts";
import { later } from "./later.tsx";
import { useLooks } from "./looks.ts";
import type { NearbyPanelProps } from "./nearby/nearby-panel.tsx";
import { Notices } from "./notices/notices.tsx";
import { addPicked, loadReading } from "./pick.ts";
import { PickError } from "./pick-error.ts";
import { Promises } from "./promises.tsx";
import { ReceiveForm } from "./receive-form.tsx";
import { SendPanel } from "./send-panel.tsx";
import { SettingsButton, type SettingsPlace } from "./settings/settings-button.tsx";
import { useSignalValue } from "./signal-value.ts";
import { pageTexts } from "./texts/page-texts.ts";

interface AppProps {
  readonly client: Client;
  /** Absent: this browser has the torrents. */
  readonly daemon?: DaemonParts;
}

/** What takes the place of parts of the page where a daemon has the torrents. Its entry brings it, so that no other page loads it. */
interface DaemonParts {
  readonly desk: DaemonDesk;
  /** Above everything: whether the daemon answers. */
  readonly Reach: ComponentType<{ readonly client: Client; readonly desk: DaemonDesk }>;
  /** Where a person adds torrents. */
  readonly Start: ComponentType<StartProps>;
}

export interface StartProps {
  readonly client: Client;
  readonly onPick: (files: Promise<readonly PickedFile[]>) => void;
}

const Views = later(async () => (await import("./views/views.tsx")).loadViews());
const AccountLink = later(async () => (await import("./views/account-link.tsx")).loadAccountLink());
const TabWatch = later(async () => (await import("./tab/tab-watch.tsx")).TabWatch);
const Installed = later(async () => (await import("./install/installed.tsx")).Installed);
const TorrentList = later(async () => (await import("./list/torrent-list.tsx")).TorrentList);
const NearbyPanel = later(async () => (await import("./nearby/nearby-panel.tsx")).NearbyPanel);
const NearbyOffer = later(async () => (await import("./nearby/nearby-offer.tsx")).NearbyOffer);
const TextDialog = later(async () => (await import("./text/text-dialog.tsx")).TextDialog);
const RemoveDialog = later(async () => (await import("./remove-dialog.tsx")).RemoveDialog);

// Fetched at once, beside the tracker's configuration: it is here before the stored list has been read.
TorrentList.prepare();

/** The views that everybody can open, by their addresses. */
const PLACES = [
  ["", "yourFiles"],
  ["catalog", "catalog"],
  ["tracker", "thisTracker"],
] as const;

/** The whole page. */
export function App({ client, daemon }: AppProps) {
  const entries = useSignalValue(client.entries);
  const isReady = useSignalValue(client.ready);
  useLooks(useSignalValue(client.settings));
  const isEmpty = isReady && entries.length === 0;
  const [view, setView] = useState("");
  const [hasOpenedLink, setOpenedLink] = useState(false);
  const [removing, setRemoving] = useState<EntryKey | undefined>();
  const { notices, take, dismiss, isReading } = useFiles(client);
  const { hovers, writing, write } = useIncoming(client, take);
  const [settings, setSettings] = useState<SettingsPlace | undefined>();
  const [nearby, setNearby] = useState<Nearby | undefined>();
  const actions = useMemo(
    () => cardActions(client, setRemoving, take, () => setSettings("connection")),
    [client, take],
  );
  const pick = (files: Promise<readonly PickedFile[]>): void =>
    void take(files, (picked) => addPicked(client, picked));
  const doomed = entries.find((entry) => entry.key === removing);

  // Fetched now, as the page's server may be gone when somebody needs them. What fails is tried again then.
  useEffect(() => {
    RemoveDialog.prepare();
    TextDialog.prepare();
    loadReading().catch(() => {});
    import("./keep-focus.ts").then(({ keepFocus }) => keepFocus()).catch(() => {});
  }, []);
  useEffect(() => {
    const open = (link: string): void => {
      setOpenedLink(true);
      client.addLink(link);
    };
    return followAddress(open, setView);
  }, [client]);

  const isList = daemon !== undefined || view === "" || isShared(view) || roomCode(view) !== undefined;
  const work = useNoHiddenDialogs(!isList);
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
      <Top {...{ client, view, settings }} hasPlaces={daemon === undefined} onSettings={setSettings} />
      {daemon && <daemon.Reach client={client} desk={daemon.desk} />}
      {isReady && !daemon && <Installed client={client} entries={entries} view={view} onFiles={pick} />}
      <Notices notices={notices} onDismiss={dismiss} />
      {!isList && <Views client={client} path={view} />}
      <main ref={work} class="work" hidden={!isList || (daemon && !isReady)}>
        {hasOpenedLink && list}
        <div key="start" class="start">
          {daemon ? <daemon.Start client={client} onPick={pick} /> : startOf(client, pick, () => write(""))}
          {!daemon && (
            <NearbyPart {...{ client, nearby, take, view }} onNearby={setNearby} onSettings={setSettings} />
          )}
        </div>
        {isEmpty && !daemon && <Promises key="promises" />}
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
      {nearby !== undefined && <NearbyOffer nearby={nearby} />}
      {writing !== undefined && (
        <TextDialog
          {...{ client, pasted: writing }}
          onShare={(file) => void client.share([file])}
          onClose={() => write(undefined)}
        />
      )}
      <p class="reading" role="status">
        {isReading && pageTexts.reading}
      </p>
      <TabWatch client={client} entries={entries} />
      {hovers && (
        <div class="drop-sign" aria-hidden="true">
          {pageTexts.dropHere}
        </div>
      )}
    </div>
  );
}

/** Where a person shares files and text, and adds what others share. */
function startOf(client: Client, onPick: StartProps["onPick"], onText: () => void) {
  return (
    <>
      <SendPanel client={client} onPick={onPick} onText={onText} />
      <ReceiveForm add={(text) => client.addTyped(text)} />
    </>
  );
}

interface NearbyPartProps extends Omit<NearbyPanelProps, "code" | "onSettings"> {
  readonly view: string;
  readonly onSettings: (place: SettingsPlace) => void;
}

/** Nothing where the tracker does not let people find each other. */
function NearbyPart({ view, onSettings, ...rest }: NearbyPartProps) {
  const hasNearby = useSignalValue(rest.client.hasNearby);
  if (!hasNearby) return null;
  return <NearbyPanel {...rest} code={roomCode(view)} onSettings={() => onSettings("device")} />;
}

interface TopProps {
  readonly client: Client;
  /** The path of the view that is open. */
  readonly view: string;
  /** There are views besides the list. */
  readonly hasPlaces: boolean;
  readonly settings: SettingsPlace | undefined;
  readonly onSettings: (place: SettingsPlace | undefined) => void;
}

/** The way to the views, the account and the settings. */
function Top({ client, view, hasPlaces, settings, onSettings }: TopProps) {
  const account = useSignalValue(client.account);
  const hasCatalog = useSignalValue(client.hasCatalog);
  return (
    <header class="top">
      <a href="#/" class="home">
        <Logo />
        Tabswarm
      </a>
      {hasPlaces && (
        <nav>
          {PLACES.map(
            ([path, name]) =>
              (path !== "catalog" || hasCatalog) && (
                <a key={path} href={`#/${path}`} aria-current={placeOf(view) === path ? "page" : undefined}>
                  {pageTexts[name]}
                </a>
              ),
          )}
          {account.state !== "none" && <AccountLink account={account} view={view} />}
        </nav>
      )}
      <SettingsButton client={client} place={settings} onPlace={onSettings} />
    </header>
  );
}

/** A room of people nearby is on the first page. */
function placeOf(view: string): string {
  return roomCode(view) === undefined ? (view.split(/[/?]/)[0] ?? "") : "";
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
        else say(pageTexts.nothingDropped);
      } catch (error) {
        say(error instanceof PickError ? error.message : pageTexts.pickFailed);
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

/** Handles drops and pastes anywhere on the page. `hovers`: a person drags something over it. `writing`: the text that they want to send, to begin with what they pasted. */
function useIncoming(client: Client, take: Take) {
  const [hovers, setHovers] = useState(false);
  const [writing, write] = useState<string | undefined>();
  useEffect(() => {
    const takeText = async (text: string): Promise<void> => {
      if (text !== "" && !(await client.addPasted(text)) && client.daemon === undefined) write(text);
    };
    return listenForIncoming({
      onHover: setHovers,
      onPaste: (text) => void takeText(text),
      onDrop: ({ files, text }, onto) => {
        showList();
        if (files === undefined) {
          void takeText(text);
          return;
        }
        const waiting = waitingEntry(client, onto);
        void take(files, (picked) =>
          waiting === undefined ? addPicked(client, picked) : client.supplyFiles(waiting, picked),
        );
      },
    });
  }, [client, take]);
  return { hovers, writing, write };
}

/** The entry under the drop, if it is waiting for its files. */
function waitingEntry(client: Client, onto: Element | undefined): EntryKey | undefined {
  const infoHash = onto?.closest('article[data-state="needs-file"]')?.getAttribute("data-infohash");
  return client.entries.value.find((entry) => entry.state === "needs-file" && entry.infoHash === infoHash)
    ?.key;
}

function cardActions(
  client: Client,
  askToRemove: (key: EntryKey) => void,
  take: Take,
  openConnectionSettings: () => void,
): CardActions {
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
    openConnectionSettings,
    client,
  };
}
