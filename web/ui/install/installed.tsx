import { useEffect, useState } from "preact/hooks";
import type { Client, Entry, PickedFile } from "../../engine/client.ts";
import { isShared, showList } from "../address.ts";
import { later } from "../later.tsx";
import { isNeeded } from "../tab/leaving.ts";
import { isMoving } from "../tab/screen.ts";
import { texts } from "../texts/texts.ts";
import { type LaunchQueue, takeLaunches } from "./launches.ts";
import { PageLine } from "./page-line.tsx";
import { keepPage } from "./service.ts";
import { mayTellOfHttps } from "./told-https.ts";

const ShareSheet = later(async () => (await import("./share-sheet.tsx")).ShareSheet);

interface InstalledProps {
  readonly client: Client;
  readonly entries: readonly Entry[];
  /** What the address shows, as in `followAddress`. */
  readonly view: string;
  /** Adds files that the person has opened with the page. */
  readonly onFiles: (files: Promise<readonly PickedFile[]>) => void;
}

/** What makes the page an app of the device: it opens offline, is told of updates, and takes what other programs hand over. */
export function Installed({ client, entries, view, onFiles }: InstalledProps) {
  const [update, setUpdate] = useState<(() => void) | undefined>();
  const [tellsOfHttps, setTellsOfHttps] = useState(false);
  useEffect(() => {
    setTellsOfHttps(mayTellOfHttps(window.isSecureContext !== false, () => localStorage));
    takeLaunches((window as { launchQueue?: LaunchQueue }).launchQueue, (files) => {
      showList();
      onFiles(files);
    });
    ShareSheet.prepare();
    const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
    // What fails is tried again at the next page load; until then the page is as it would be on plain http.
    if (serviceWorker !== undefined && import.meta.env.PROD)
      keepPage(serviceWorker, (open) => setUpdate(() => open)).catch(() => {});
  }, []);
  const isBusy = entries.some((entry) => isMoving(entry) || isNeeded(entry));
  return (
    <>
      {tellsOfHttps && <PageLine text={texts.app.httpsAdds} onDismiss={() => setTellsOfHttps(false)} />}
      {update !== undefined && (
        <PageLine text={isBusy ? texts.app.updateWaits : texts.app.updateReady}>
          {!isBusy && (
            <button type="button" class="button" onClick={update}>
              {texts.app.update}
            </button>
          )}
        </PageLine>
      )}
      {isShared(view) && <ShareSheet client={client} isLost={view === "shared/lost"} onDone={showList} />}
    </>
  );
}
