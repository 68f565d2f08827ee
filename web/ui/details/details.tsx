import type { TorrentView } from "#shared/session/view.ts";
import type { Controls, ListedTracker } from "../../engine/client.ts";
import { FilesPanel, type FilesPanelProps } from "../files/files-panel.tsx";
import { later } from "../later.tsx";
import { texts } from "../texts/texts.ts";
import { EventList } from "./event-list.tsx";
import { Options } from "./options.tsx";
import { Overview } from "./overview.tsx";
import { PeerTable } from "./peer-table.tsx";
import { PieceView } from "./piece-view.tsx";
import { type Tab, Tabs } from "./tabs.tsx";
import { TrackerList } from "./tracker-list.tsx";
import { WebSeedList } from "./web-seed-list.tsx";

interface DetailsProps extends Pick<FilesPanelProps, "client" | "entryKey" | "canChoose"> {
  readonly id: string;
  readonly torrent: TorrentView;
  /** The link of the person's own files has not ended yet. */
  readonly canEnd: boolean;
  readonly controls: Controls;
  readonly listed: readonly ListedTracker[];
}

/** With the library that draws it. */
const SpeedGraph = later(async () => (await import("./speed-graph.tsx")).SpeedGraph);

/** Everything about a torrent that the card does not show. Only the chosen tab is drawn. */
export function Details(props: DetailsProps) {
  const { id, torrent, client, entryKey, canChoose, canEnd, controls, listed } = props;
  const { peers, trackers, files } = torrent;
  const tabs: readonly Tab[] = [
    { key: "overview", name: texts.details.overview, show: () => <Overview torrent={torrent} /> },
    {
      key: "pieces",
      name: texts.pieces.title,
      show: () => <PieceView load={() => client.pieces(entryKey)} news={torrent} />,
    },
    {
      key: "speed",
      name: texts.speed.title,
      show: () => (
        <SpeedGraph
          load={() => client.speeds(entryKey)}
          none={client.daemon === undefined ? texts.speed.none : texts.daemon.noSpeed}
          torrent={torrent}
        />
      ),
    },
    {
      key: "peers",
      name: texts.counts.peers(peers.length),
      show: (labelledBy) => <PeerTable peers={peers} labelledBy={labelledBy} />,
    },
    {
      key: "trackers",
      name: texts.counts.trackers(listed.length),
      show: () => (
        <>
          <TrackerList {...{ client, entryKey, listed, trackers, id, isPrivate: torrent.isPrivate }} />
          <WebSeedList webSeeds={torrent.webSeeds} id={id} />
        </>
      ),
    },
    {
      key: "files",
      name: texts.counts.files(files.length),
      show: (labelledBy) => <FilesPanel {...{ client, entryKey, torrent, canChoose, labelledBy }} />,
    },
    {
      key: "options",
      name: texts.options.title,
      show: () => <Options {...{ client, entryKey, controls, id, canEnd, isOwn: !canChoose }} />,
    },
    {
      key: "log",
      name: texts.log.title,
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
      <Tabs id={id} label={texts.details.title} tabs={tabs} />
    </div>
  );
}
