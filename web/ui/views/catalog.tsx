import { useEffect, useState } from "preact/hooks";
import type { ApiTorrent } from "#shared/announce/tracker-api.ts";
import type { CatalogOrder, TrackerDesk } from "../../engine/client.ts";
import { formatBytes, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { useSignalValue } from "../signal-value.ts";
import { ago } from "./ago.ts";
import { Empty, Problem, View } from "./parts.tsx";
import { CATALOG_EMPTY, CATALOG_INTRODUCTION, nothingFound, unseeded } from "./texts.ts";
import { UploadForm } from "./upload-form.tsx";

const ORDERS: readonly (readonly [order: CatalogOrder, text: string])[] = [
  ["newest", "Newest"],
  ["seeders", "Most seeded"],
  ["name", "Name"],
];

/** What is published at the tracker: a search as people type, and what it finds. */
export function CatalogView({ desk }: { readonly desk: TrackerDesk }) {
  const { catalog } = desk;
  const list = useSignalValue(catalog.list);
  const [text, setText] = useState(list.text);
  const [order, setOrder] = useState<CatalogOrder>("newest");
  useEffect(() => catalog.search(text, order), [catalog, text, order]);
  const isEmpty = list.items.length === 0 && !list.isLoading && list.problem === undefined;
  return (
    <View title="Catalog">
      <p class="introduction">{CATALOG_INTRODUCTION}</p>
      <search class="search">
        <label class="labelled">
          <span class="visually-hidden">Search the catalog</span>
          <input
            type="search"
            placeholder="Search by name, description or file"
            value={text}
            maxLength={200}
            autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label class="labelled order">
          <span class="visually-hidden">Order</span>
          <select value={order} onChange={(event) => setOrder(orderOf(event.currentTarget.value))}>
            {ORDERS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </search>
      {list.problem !== undefined && <Problem text={list.problem} onRetry={() => catalog.refresh()} />}
      <p class="visually-hidden" role="status">
        {!list.isLoading &&
          `${plural(list.items.length, "entry", "entries")}${list.hasMore ? " so far" : ""}`}
      </p>
      <ul class="entries" aria-busy={list.isLoading}>
        {list.items.map((item) => (
          <Entry key={item.infoHash} torrent={item} />
        ))}
      </ul>
      {isEmpty && <Empty>{list.text === "" ? CATALOG_EMPTY : nothingFound(list.text)}</Empty>}
      {list.hasMore && (
        <button type="button" class="button" disabled={list.isLoading} onClick={() => catalog.more()}>
          Show more
        </button>
      )}
      <UploadForm catalog={catalog} />
    </View>
  );
}

function Entry({ torrent }: { readonly torrent: ApiTorrent }) {
  return (
    <li class="entry">
      <h2>
        <a href={`#/catalog/${torrent.infoHash}`}>{torrent.name}</a>
      </h2>
      {torrent.description !== "" && <p class="description">{torrent.description}</p>}
      <EntryFacts torrent={torrent} />
    </li>
  );
}

/** What a list and an entry's own view say about it. */
export function EntryFacts({ torrent }: { readonly torrent: ApiTorrent }) {
  const { bytes, fileCount, seeders, leechers, publishedAt, publishedBy, lastSeededAt, goesAt } = torrent;
  const now = Date.now();
  const isSeeded = seeders > 0;
  return (
    <>
      <p class="facts">
        <strong class={isSeeded ? "seeded" : undefined}>
          <Icon name="upload" />
          {plural(seeders, "seeder", "seeders")}
        </strong>
        <span>{plural(leechers, "leecher", "leechers")}</span>
        <span>{formatBytes(bytes)}</span>
        <span>{plural(fileCount, "file", "files")}</span>
        {isSeeded && lastSeededAt !== undefined && <span>seen {ago(lastSeededAt, now)}</span>}
        <span>
          published {ago(publishedAt, now)}
          {publishedBy !== undefined && <> by {publishedBy}</>}
        </span>
      </p>
      {!isSeeded && <p class="unseeded">{unseeded(lastSeededAt, goesAt, now)}</p>}
    </>
  );
}

function orderOf(text: string): CatalogOrder {
  return ORDERS.find(([order]) => order === text)?.[0] ?? "newest";
}
