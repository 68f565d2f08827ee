import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiTorrent } from "#shared/announce/tracker-api.ts";
import type { CatalogList, TrackerDesk } from "../../engine/client.ts";
import { formatBytes } from "../format.ts";
import { Icon } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { ago } from "./ago.ts";
import {
  catalogAddress,
  entryAddress,
  keepPlace,
  lastPlace,
  MAX_SEARCH_CHARACTERS,
  ORDERS,
  orderOf,
  wishIn,
} from "./catalog-place.ts";
import { unseeded } from "./entry-texts.ts";
import { Empty, Problem, View } from "./parts.tsx";
import { UploadForm } from "./upload-form.tsx";

interface CatalogViewProps {
  readonly desk: TrackerDesk;
  /** What the address says after `?`: the search and the order. */
  readonly query: string;
}

/** What is published at the tracker: a search as people type, and what it finds. */
export function CatalogView({ desk, query }: CatalogViewProps) {
  const { catalog } = desk;
  const list = useSignalValue(catalog.list);
  const [wish, setWish] = useState(() => wishIn(query));
  const { text, order } = wish;
  const ownAddress = useRef("");
  useEffect(() => {
    const wished = wishIn(query);
    if (catalogAddress(wished) !== ownAddress.current) setWish(wished); // Who types may be further by now.
    ownAddress.current = "";
  }, [query]);
  const countBefore = usePlace(catalogAddress(wish), list);
  useEffect(() => catalog.search(text, order, countBefore), [catalog, text, order]);
  useEffect(() => {
    if (!list.isLoading) ownAddress.current = showAddress(catalogAddress(wish));
  }, [wish, list.isLoading]);
  const isEmpty = list.items.length === 0 && !list.isLoading && list.problem === undefined;
  return (
    <View title={texts.catalog.title}>
      <p class="introduction">{texts.catalog.introduction}</p>
      <search class="search">
        <label class="labelled">
          <span class="visually-hidden">{texts.catalog.search}</span>
          <input
            type="search"
            placeholder={texts.catalog.searchHint}
            value={text}
            maxLength={MAX_SEARCH_CHARACTERS}
            autocomplete="off"
            onInput={(event) => setWish({ text: event.currentTarget.value, order })}
          />
        </label>
        <label class="labelled order">
          <span class="visually-hidden">{texts.catalog.order}</span>
          <select
            value={order}
            onChange={(event) => setWish({ text, order: orderOf(event.currentTarget.value) })}
          >
            {ORDERS.map((value) => (
              <option key={value} value={value}>
                {texts.catalog.orders[value]}
              </option>
            ))}
          </select>
        </label>
      </search>
      {list.problem !== undefined && <Problem text={list.problem} onRetry={() => catalog.refresh()} />}
      <p class="visually-hidden" role="status">
        {!list.isLoading &&
          (list.hasMore
            ? texts.catalog.entriesSoFar(list.items.length)
            : texts.catalog.entries(list.items.length))}
      </p>
      <ul class="entries" aria-busy={list.isLoading}>
        {list.items.map((item) => (
          <Entry key={item.infoHash} torrent={item} />
        ))}
      </ul>
      {isEmpty && (
        <Empty>
          {list.text === "" ? texts.catalog.empty : texts.catalog.nothingFound(isolate(list.text))}
        </Empty>
      )}
      {list.hasMore && (
        <button type="button" class="button" disabled={list.isLoading} onClick={() => catalog.more()}>
          {texts.catalog.showMore}
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
        <a href={`#/catalog/${torrent.infoHash}`}>
          <bdi>{torrent.name}</bdi>
        </a>
      </h2>
      {torrent.description !== "" && (
        <p class="description" dir="auto">
          {torrent.description}
        </p>
      )}
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
          {texts.counts.seeders(seeders)}
        </strong>
        <span>{texts.counts.leechers(leechers)}</span>
        <span>{formatBytes(bytes)}</span>
        <span>{texts.counts.files(fileCount)}</span>
        {isSeeded && lastSeededAt !== undefined && <span>{texts.catalog.seen(ago(lastSeededAt, now))}</span>}
        <span>
          {publishedBy === undefined
            ? texts.catalog.published(ago(publishedAt, now))
            : texts.catalog.publishedBy(ago(publishedAt, now), isolate(publishedBy))}
        </span>
      </p>
      {!isSeeded && <p class="unseeded">{unseeded(lastSeededAt, goesAt, now)}</p>}
    </>
  );
}

/** Changes the address without a new step for `Back`. Returns the address if it has changed. */
function showAddress(address: string): string {
  if (location.hash === address || !isCatalog(location.hash)) return "";
  history.replaceState(history.state, "", address);
  // Browsers tell nobody of such a change. Our own components hear of it once this one has been drawn.
  dispatchEvent(new HashChangeEvent("hashchange"));
  return address;
}

const isCatalog = (address: string): boolean => address.split("?")[0] === "#/catalog";

/**
 * Brings back who returns to the same search: its entries, how far down they were, and the entry that they had opened.
 * Returns how many entries to ask for; undefined: as many as usual.
 */
function usePlace(address: string, list: CatalogList): number | undefined {
  const [before] = useState(lastPlace);
  const isBack = before?.address === address;
  const awaited = useRef(isBack ? before : undefined);
  const now = useRef({ address, count: list.items.length, top: 0 });
  now.current = { ...now.current, address, count: list.items.length };
  // A layout effect, as others are cleaned up only after the next view has been drawn.
  useLayoutEffect(() => {
    const follow = (): void => {
      if (isCatalog(location.hash)) now.current.top = scrollY; // Another view may be there by now.
    };
    const keep = (): void => {
      keepPlace({ ...now.current, opened: entryAddress(location.hash) });
    };
    addEventListener("scroll", follow, { passive: true });
    addEventListener("click", follow, { capture: true }); // A link may be opened before the last scroll is told.
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("scroll", follow);
      removeEventListener("click", follow, { capture: true });
      removeEventListener("pagehide", keep);
      keep();
    };
  }, []);
  useEffect(() => {
    const place = awaited.current;
    if (place === undefined || (list.isLoading && list.items.length < place.count)) return;
    awaited.current = undefined;
    scrollTo(0, place.top);
    document.querySelector<HTMLElement>(`.entry a[href="${place.opened}"]`)?.focus({ preventScroll: true });
  }, [list]);
  return isBack ? before.count : undefined;
}
