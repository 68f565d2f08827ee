import type { ApiAccountEntry, ApiKey, ApiStatus, ApiTorrent } from "#shared/announce/tracker-api.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { fakeInfoHash } from "./fake-scenes.ts";
import {
  fakeAccounts,
  fakeKeys,
  fakePeers,
  fakeStatus,
  fakeTorrent,
  fakeTorrents,
  moment,
} from "./fake-tracker-scenes.ts";
import type { ApiRequest, ApiResponse, SendRequest } from "./tracker/ask.ts";

/** Who uses the made-up page: at a tracker without accounts, or at one with them. */
export type FakePerson = "nobody" | "guest" | "member" | "admin";

const NAMES: Record<FakePerson, string | undefined> = {
  nobody: undefined,
  guest: undefined,
  member: "linh",
  admin: "Ada",
};

/** The password of everybody at the made-up tracker. */
const FAKE_PASSWORD = "correct horse";

/** A tracker's JSON API that makes everything up and remembers what it is told. */
export function fakeTracker(person: FakePerson, isEmpty: boolean): SendRequest {
  const tracker = new FakeTracker(person, isEmpty);
  return async (request) => tracker.answer(request);
}

class FakeTracker {
  #me: ApiAccountEntry | undefined;
  #torrents: ApiTorrent[];
  #keys: ApiKey[];
  #accounts: ApiAccountEntry[];
  #isRegistrationOpen = true;
  #number = 0;
  readonly #publishedHere = new Set<string>();

  constructor(person: FakePerson, isEmpty: boolean) {
    this.#accounts = fakeAccounts();
    this.#me = this.#accounts.find(({ name }) => name === NAMES[person]);
    this.#torrents = isEmpty ? [] : fakeTorrents(person !== "nobody");
    this.#keys = fakeKeys();
  }

  answer({ method, path, body = {} }: ApiRequest): ApiResponse {
    const [route = "", query = ""] = path.split("?");
    const [, thing = "", name = "", more = ""] = route.split("/").map(decodeURIComponent);
    const said: Partial<Record<string, unknown>> = { ...body };
    switch (`${method} ${thing}${name === "" ? "" : "/*"}${more === "" ? "" : `/${more}`}`) {
      case "GET torrents":
        return this.#list(new URLSearchParams(query));
      case "POST torrents":
        return this.#publish(said);
      case "GET torrents/*":
        return name.endsWith(".torrent") ? ok(new Blob(["d4:infodee"])) : this.#details(name);
      case "DELETE torrents/*":
        this.#torrents = this.#torrents.filter(({ infoHash }) => infoHash !== name);
        return ok();
      case "GET torrents/*/peers":
        return ok({ items: fakePeers() });
      case "GET status":
        return ok(this.#status());
      default:
        return this.#account(method, thing, name, more, said);
    }
  }

  #account(
    method: string,
    thing: string,
    name: string,
    more: string,
    said: Partial<Record<string, unknown>>,
  ): ApiResponse {
    switch (`${method} ${thing}${more === "" ? "" : `/${more}`}`) {
      case "GET me":
        return this.#me === undefined ? refused(401, "You are not logged in.") : ok(withPeerId(this.#me));
      case "POST session":
      case "POST accounts":
        return this.#enter(said, thing === "accounts");
      case "PATCH me":
        return this.#patchMe(said);
      case "DELETE session":
      case "DELETE me":
        if (thing === "me" && said["password"] !== FAKE_PASSWORD)
          return refused(403, "That is not your password.");
        this.#me = undefined;
        return ok();
      case "GET keys":
        return ok({ items: this.#keys });
      case "POST keys":
      case "POST keys/replace":
        return this.#addKey(said, name);
      case "DELETE keys":
        this.#keys = this.#keys.filter(({ id }) => id !== name);
        return ok();
      case "GET accounts":
        return ok({ items: this.#accounts });
      case "PATCH accounts":
        this.#accounts = this.#accounts.map((one) => (one.name === name ? changed(one, said) : one));
        return ok();
      case "DELETE accounts":
        this.#accounts = this.#accounts.filter((one) => one.name !== name);
        return ok();
      case "PATCH settings":
        this.#isRegistrationOpen = said["isRegistrationOpen"] === true;
    }
    return ok({ isRegistrationOpen: this.#isRegistrationOpen });
  }

  #list(query: URLSearchParams): ApiResponse {
    const text = (query.get("q") ?? "").toLowerCase();
    const found = this.#torrents.filter(({ name, description }) =>
      `${name} ${description}`.toLowerCase().includes(text),
    );
    if (query.get("sort") === "seeders") found.sort((left, right) => right.seeders - left.seeders);
    if (query.get("sort") === "name") found.sort((left, right) => left.name.localeCompare(right.name));
    const start = Number(query.get("cursor") ?? 0);
    const end = start + Number(query.get("limit"));
    return ok({ items: found.slice(start, end), ...(end < found.length && { nextCursor: `${end}` }) });
  }

  #details(infoHash: string): ApiResponse {
    const torrent = this.#torrents.find((one) => one.infoHash === infoHash);
    if (torrent === undefined) return refused(404, "That is not in the catalog. It may have been taken out.");
    const count = Math.min(torrent.fileCount, 40);
    const files = Array.from({ length: count }, (_, at) => ({
      path: count === 1 ? torrent.name : `${torrent.name}/Part ${String(at + 1).padStart(2, "0")}.bin`,
      bytes: Math.floor(torrent.bytes / count),
    }));
    const canUnpublish =
      this.#publishedHere.has(infoHash) ||
      (this.#me !== undefined && (this.#me.isAdmin || torrent.publishedBy === this.#me.name));
    return ok({
      ...torrent,
      pieceBytes: 524_288,
      pieceCount: Math.ceil(torrent.bytes / 524_288),
      files,
      canUnpublish,
    });
  }

  #publish({ torrent, description }: Partial<Record<string, unknown>>): ApiResponse {
    const [, hash = "", name = "Uploaded"] = /4:info([0-9a-f]{40}) (.*)e$/.exec(atob(String(torrent))) ?? [];
    const published = {
      ...fakeTorrent(900 + ++this.#number, decodeURI(name), String(description ?? ""), 24_800_000, 1),
      ...(hash !== "" && { infoHash: hash as InfoHash }),
      publishedAt: moment(0),
      ...(this.#me !== undefined && { publishedBy: this.#me.name }),
    };
    this.#torrents.unshift(published);
    this.#publishedHere.add(published.infoHash);
    return ok(published);
  }

  #enter({ name, password }: Partial<Record<string, unknown>>, isNew: boolean): ApiResponse {
    if (!isNew && password !== FAKE_PASSWORD) return refused(401, "The name or the password is wrong.");
    const known = this.#accounts.find((one) => one.name === name);
    if (isNew && known !== undefined)
      return refused(409, "Somebody has that name already. Choose another one.");
    this.#me = known ?? { name: String(name), isAdmin: false, createdAt: moment(0) };
    return ok(withPeerId(this.#me));
  }

  #patchMe({ password, adminCode }: Partial<Record<string, unknown>>): ApiResponse {
    if (adminCode === undefined)
      return password === FAKE_PASSWORD ? ok() : refused(403, "That is not your password.");
    if (this.#me !== undefined) this.#me = { ...this.#me, isAdmin: true };
    return ok();
  }

  #addKey(
    { name, ttlSeconds, graceSeconds }: Partial<Record<string, unknown>>,
    replaced: string,
  ): ApiResponse {
    const id = `key-${++this.#number}`;
    const old = this.#keys.find((one) => one.id === replaced);
    const added = {
      id,
      name: String(name ?? old?.name),
      createdAt: moment(0),
      ...(typeof ttlSeconds === "number" && { expiresAt: moment(-ttlSeconds * 1000) }),
    };
    const until = moment(-Number(graceSeconds ?? 0) * 1000);
    this.#keys = [...this.#keys.map((one) => (one === old ? { ...one, expiresAt: until } : one)), added];
    const key = "mfrggzdfmztwq2lknnwg23tpobyxe43u";
    return ok({ ...added, key, announceUrls: [`http://192.168.1.5:8000/announce/${key}`] });
  }

  #status(): ApiStatus {
    const swarms = this.#torrents.slice(0, 12).map(({ infoHash, name, seeders, leechers }) => ({
      infoHash,
      name,
      seeders,
      leechers,
    }));
    return fakeStatus(swarms);
  }
}

function ok(body?: unknown): ApiResponse {
  return { status: 200, body };
}

function refused(status: number, message: string): ApiResponse {
  return { status, body: { error: { code: "refused", message } } };
}

const withPeerId = ({ name, isAdmin }: ApiAccountEntry): object => ({
  name,
  isAdmin,
  peerId: fakeInfoHash(77),
});

function changed(
  account: ApiAccountEntry,
  { isBanned, isAdmin }: Partial<Record<string, unknown>>,
): ApiAccountEntry {
  const { bannedAt: _before, ...rest } = account;
  const isStillBanned = isBanned ?? account.bannedAt !== undefined;
  return {
    ...rest,
    ...(typeof isAdmin === "boolean" && { isAdmin }),
    ...(isStillBanned === true && { bannedAt: moment(0) }),
  };
}
