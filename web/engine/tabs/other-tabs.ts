import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentElsewhere } from "../client.ts";
import { hasSameFields } from "../same-fields.ts";
import { hasLifeLocks, onceGone } from "./life-lock.ts";
import { MAX_TOLD_TORRENTS, readTabWord, type TabWord, type ToldTorrent } from "./tab-words.ts";

const CHANNEL = "tabswarm.torrents";

/** Time between two words of a tab while something moves in it. At rest it says nothing. */
const TELL_MILLIS = 1_000;

/** Without locks, a tab that does not answer within this time is gone. An answer may wait for `TELL_MILLIS`. */
const ANSWER_MILLIS = 3_000;

/** More than a person keeps open. The torrents of others are not shown, and those tabs may not see ours. */
const MAX_OTHER_TABS = 64;

interface OtherTab {
  torrents: ReadonlyMap<InfoHash, ToldTorrent>;
  hasAnswered: boolean;
}

/**
 * What the tabs of this browser tell each other of their torrents. A tab that leaves says so; of one that was killed the browser
 * tells, by the lock that it held. Where there are no locks, we ask who is there whenever the person comes back to this tab.
 */
export class OtherTabs {
  readonly #torrents = signal<readonly TorrentElsewhere[]>([]);
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #life: string;
  readonly #own: () => readonly ToldTorrent[];
  readonly #others = new Map<string, OtherTab>();
  /** What the others have been told. Undefined: one of them knows nothing yet. */
  #told: ReadonlyMap<InfoHash, ToldTorrent> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;

  /** `own`: this tab's torrents, newest first. */
  constructor(life: string, own: () => readonly ToldTorrent[]) {
    this.#life = life;
    this.#own = own;
    this.#channel.onmessage = ({ data }) => this.#hear(readTabWord(data));
    this.#say({ type: "here", life });
  }

  /** Those of all other tabs, each once. */
  get torrents(): ReadonlySignal<readonly TorrentElsewhere[]> {
    return this.#torrents;
  }

  /** Something may have changed in this tab's torrents. */
  changed(): void {
    if (this.#others.size === 0 || this.#timer !== undefined) return;
    const wait = this.#lastLook + TELL_MILLIS - Date.now();
    this.#timer = setTimeout(() => this.#look(), Math.max(0, wait));
  }

  /** The person comes back to this tab. */
  cameBack(): void {
    if (hasLifeLocks() || this.#others.size === 0) return;
    for (const other of this.#others.values()) other.hasAnswered = false;
    this.#say({ type: "here", life: this.#life });
    setTimeout(() => {
      for (const [life, { hasAnswered }] of this.#others) if (!hasAnswered) this.#others.delete(life);
      this.#show();
    }, ANSWER_MILLIS);
  }

  /** The person leaves the page. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#say({ type: "gone", life: this.#life });
    this.#channel.close();
  }

  #hear(word: TabWord | undefined): void {
    switch (word?.type) {
      case "here":
        this.#meet(word.life);
        this.#told = undefined;
        return this.changed();
      case "torrents":
        this.#learn(this.#meet(word.life), word);
        return this.#show();
      case "gone":
        return this.#lose(word.life);
      case undefined:
    }
  }

  /** Undefined: there are too many already. */
  #meet(life: string): OtherTab | undefined {
    const known = this.#others.get(life);
    if (known !== undefined) known.hasAnswered = true;
    if (known !== undefined || this.#others.size >= MAX_OTHER_TABS) return known;
    const met: OtherTab = { torrents: new Map(), hasAnswered: true };
    this.#others.set(life, met);
    this.#told = undefined;
    this.changed();
    onceGone(life, () => this.#lose(life));
    return met;
  }

  #learn(other: OtherTab | undefined, word: Extract<TabWord, { readonly type: "torrents" }>): void {
    if (other === undefined) return;
    const changes = new Map(word.changes.map((told) => [told.infoHash, told]));
    other.torrents = new Map(
      word.infoHashes.flatMap((infoHash) => {
        const told = changes.get(infoHash) ?? other.torrents.get(infoHash);
        return told === undefined ? [] : [[infoHash, told]];
      }),
    );
  }

  #lose(life: string): void {
    if (this.#others.delete(life)) this.#show();
  }

  /** Tells the others what has changed, if anything has. */
  #look(): void {
    this.#timer = undefined;
    this.#lastLook = Date.now();
    const before = this.#told;
    const own = new Map(
      this.#own()
        .slice(0, MAX_TOLD_TORRENTS)
        .map((told) => [told.infoHash, told]),
    );
    const changes = [...own.values()].filter((told) => !isAsTold(told, before?.get(told.infoHash)));
    this.#show(); // Whether a torrent shares its data depends on our own record of it.
    if (before?.size === own.size && changes.length === 0) return;
    this.#told = own;
    this.#say({ type: "torrents", life: this.#life, infoHashes: [...own.keys()], changes });
  }

  #show(): void {
    const storages = new Map(this.#own().map(({ infoHash, storageId }) => [infoHash, storageId]));
    const all = new Map<InfoHash, TorrentElsewhere>();
    for (const { torrents } of this.#others.values()) {
      for (const [infoHash, { storageId, ...told }] of torrents) {
        const known = all.get(infoHash);
        const shares = storageId !== undefined && storages.get(infoHash) === storageId;
        const best = known === undefined || known.bytesDone < told.bytesDone ? told : known;
        all.set(infoHash, { ...best, sharesData: shares || known?.sharesData === true });
      }
    }
    const before = this.#torrents.value;
    const now = [...all.values()];
    if (now.length !== before.length || now.some((one, at) => !isAsTold(one, before[at])))
      this.#torrents.value = now;
  }

  #say(word: TabWord): void {
    this.#channel.postMessage(word);
  }
}

function isAsTold<Told extends object>(one: Told, before: Told | undefined): boolean {
  return before !== undefined && hasSameFields(one, before);
}
