import { useState } from "preact/hooks";
import type { ApiNode, ApiStatus, ApiSwarm } from "#shared/announce/tracker-api.ts";
import type { Account, TrackerDesk } from "../../engine/client.ts";
import { formatDuration } from "../format.ts";
import { Icon } from "../icons.tsx";
import { list, number } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import { ago } from "./ago.ts";
import { REFRESH_MILLIS, useAsked, useRefreshed } from "./desk.ts";
import { Empty, Problem, View } from "./parts.tsx";
import { PeersNow } from "./peer-table.tsx";

interface TrackerViewProps {
  readonly desk: TrackerDesk;
  readonly account: Account;
}

/** What the tracker is doing: its swarms, their peers, its nodes. It is refreshed while somebody sees it. */
export function TrackerView({ desk, account }: TrackerViewProps) {
  const { told, last: status, askAgain } = useAsked(() => desk.status(), [desk]);
  useRefreshed(askAgain, REFRESH_MILLIS);
  return (
    <View title={texts.tracker.title}>
      <p class="introduction">{texts.tracker.introduction}</p>
      {told?.ok === false && <Problem text={told.problem} onRetry={askAgain} />}
      {status !== undefined && (
        <>
          <Figures status={status} />
          <Swarms desk={desk} status={status} isAdmin={account.state === "member" && account.isAdmin} />
          <Nodes nodes={status.nodes} />
          {desk.trustPage !== undefined && (
            <p class="note">
              {texts.tracker.speaksHttps} <a href={desk.trustPage}>{texts.tracker.howToTrust}</a>
            </p>
          )}
        </>
      )}
    </View>
  );
}

function Figures({ status }: { readonly status: ApiStatus }) {
  const { announcesPerMinute, swarmCount, peerCount, uptimeSeconds } = status;
  const figures = [
    [texts.tracker.peers, number(peerCount)],
    [texts.tracker.swarms, number(swarmCount)],
    [texts.tracker.announces, number(announcesPerMinute)],
    [texts.tracker.uptime, formatDuration(uptimeSeconds)],
  ] as const;
  return (
    <dl class="figures">
      {figures.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface SwarmsProps {
  readonly desk: TrackerDesk;
  readonly status: ApiStatus;
  readonly isAdmin: boolean;
}

function Swarms({ desk, status, isAdmin }: SwarmsProps) {
  const named = status.swarms.filter(({ infoHash, name }) => infoHash !== undefined || name !== undefined);
  const others = status.swarmCount - named.length;
  return (
    <section class="panel" aria-labelledby="swarms">
      <h2 id="swarms">{texts.tracker.swarms}</h2>
      {named.length === 0 ? (
        <Empty>{texts.tracker.noSwarms}</Empty>
      ) : (
        <ul class="swarms">
          {named.map((swarm) => (
            <Swarm key={swarm.infoHash ?? swarm.name} desk={desk} swarm={swarm} />
          ))}
        </ul>
      )}
      {others > 0 && (
        <p class="note">{isAdmin ? texts.tracker.otherSwarms(others) : texts.tracker.hiddenSwarms(others)}</p>
      )}
    </section>
  );
}

function Swarm({ desk, swarm }: { readonly desk: TrackerDesk; readonly swarm: ApiSwarm }) {
  const { infoHash, name, seeders, leechers } = swarm;
  const [isOpen, setOpen] = useState(false);
  const id = `swarm-${infoHash}`;
  return (
    <li>
      <div class="swarm-row">
        <span id={id} class="swarm-name">
          {name !== undefined && infoHash !== undefined ? (
            <a href={`#/catalog/${infoHash}`}>
              <bdi>{name}</bdi>
            </a>
          ) : (
            (name ?? infoHash)
          )}
        </span>
        <span class="counts" aria-hidden="true">
          <span>↑ {number(seeders)}</span> <span>↓ {number(leechers)}</span>
        </span>
        <span class="visually-hidden">
          {list([texts.counts.seeders(seeders), texts.counts.leechers(leechers)])}
        </span>
        {infoHash !== undefined && (
          <button
            type="button"
            class="button quiet"
            aria-expanded={isOpen}
            aria-describedby={id}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="chevron" />
            {texts.tracker.peers}
          </button>
        )}
      </div>
      {isOpen && infoHash !== undefined && (
        <PeersNow catalog={desk.catalog} infoHash={infoHash} labelledBy={id} />
      )}
    </li>
  );
}

function Nodes({ nodes }: { readonly nodes: readonly ApiNode[] }) {
  const now = Date.now();
  return (
    <section class="panel" aria-labelledby="nodes">
      <h2 id="nodes">{texts.tracker.nodes}</h2>
      <div class="framed">
        <table class="nodes" aria-labelledby="nodes">
          <thead>
            <tr>
              <th scope="col">{texts.tracker.address}</th>
              <th scope="col">{texts.tracker.connections}</th>
              <th scope="col">{texts.tracker.started}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <tr key={node.url}>
                <th scope="row">{node.url}</th>
                <td>{number(node.sockets)}</td>
                <td>{ago(node.startedAt, now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
