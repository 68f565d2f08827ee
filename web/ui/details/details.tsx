import type { TorrentView } from "#shared/session/view.ts";
import { FilesPanel, type FilesPanelProps } from "../files/files-panel.tsx";
import { plural } from "../format.ts";
import * as texts from "./details-texts.ts";
import { EventList } from "./event-list.tsx";
import { LOG } from "./event-texts.ts";
import { Overview } from "./overview.tsx";
import { PeerTable } from "./peer-table.tsx";
import { PIECES } from "./piece-texts.ts";
import { PieceView } from "./piece-view.tsx";
import { type Tab, Tabs } from "./tabs.tsx";
import { TrackerList } from "./tracker-list.tsx";

interface DetailsProps extends Pick<FilesPanelProps, "client" | "entryKey" | "canChoose"> {
  readonly id: string;
  readonly torrent: TorrentView;
}

/** Everything about a torrent that the card does not show. Only the chosen tab is drawn. */
export function Details({ id, torrent, client, entryKey, canChoose }: DetailsProps) {
  const { peers, trackers, files } = torrent;
  const tabs: readonly Tab[] = [
    { key: "overview", name: texts.OVERVIEW, show: () => <Overview torrent={torrent} /> },
    {
      key: "pieces",
      name: PIECES,
      show: () => <PieceView load={() => client.pieces(entryKey)} news={torrent} />,
    },
    {
      key: "peers",
      name: plural(peers.length, "peer", "peers"),
      show: (labelledBy) => <PeerTable peers={peers} labelledBy={labelledBy} />,
    },
    {
      key: "trackers",
      name: plural(trackers.length, "tracker", "trackers"),
      show: () => <TrackerList trackers={trackers} />,
    },
    {
      key: "files",
      name: plural(files.length, "file", "files"),
      show: (labelledBy) => <FilesPanel {...{ client, entryKey, torrent, canChoose, labelledBy }} />,
    },
    {
      key: "log",
      name: LOG,
      show: (labelledBy) => (
        <EventList
          load={(after) => client.events(entryKey, after)}
          news={torrent}
          peers={peers}
          labelledBy={labelledBy}
        />
      ),
    },
  ];
  return (
    <div class="details" id={id}>
      <Tabs id={id} label={texts.DETAILS} tabs={tabs} />
    </div>
  );
}
