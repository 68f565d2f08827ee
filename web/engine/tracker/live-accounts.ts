import type { Signal } from "@preact/signals-core";
import {
  parseApiAccount,
  parseApiAccountEntry,
  parseApiKey,
  parseApiPage,
  parseApiSettings,
  parseNewApiKey,
} from "#shared/announce/parse-tracker-api.ts";
import type {
  ApiAccount,
  ApiAccountEntry,
  ApiKey,
  ApiPage,
  NewApiKey,
} from "#shared/announce/tracker-api.ts";
import { millis } from "#shared/base/ids.ts";
import type { Clock } from "#shared/driver/ports.ts";
import type { Account, Accounts, Told } from "../client.ts";
import { type ApiRequest, ask, parseNothing, type SendRequest } from "./ask.ts";

/** Until the page knows who is logged in it asks again: first after this long, then after twice as long each time. */
const FIRST_RETRY_MILLIS = 1_000;
/** A tracker that is away for long is asked this seldom. */
const LAST_RETRY_MILLIS = 60_000;

/** What the accounts need of the page. */
export interface AccountPorts {
  readonly send: SendRequest;
  readonly clock: Clock;
  /** Kept up to date. */
  readonly account: Signal<Account>;
  /** As the tracker's configuration said when the page was opened. */
  readonly isRegistrationOpen: boolean;
  /** Reads that configuration once more. Undefined: there is no answer. */
  readonly askRegistration: () => Promise<boolean | undefined>;
  /** Called when somebody has logged in or out, here or elsewhere. */
  readonly changed: () => void;
}

/** The accounts of the tracker that serves this page. */
export class LiveAccounts implements Accounts {
  readonly #ports: AccountPorts;
  readonly #send: SendRequest;
  readonly #account: Signal<Account>;
  readonly #changed: () => void;
  #isRegistrationOpen: boolean;
  #retryMillis = FIRST_RETRY_MILLIS;
  #cancelRetry: () => void = () => {};

  constructor(ports: AccountPorts) {
    this.#ports = ports;
    this.#send = ports.send;
    this.#account = ports.account;
    this.#changed = ports.changed;
    this.#isRegistrationOpen = ports.isRegistrationOpen;
  }

  async look(): Promise<boolean> {
    const told = await ask(this.#send, { method: "GET", path: "/me" }, parseApiAccount);
    const before = nameIn(this.#account.value);
    if (told.ok) this.#isMember(told.value);
    else if (told.status === 401 || told.status === 403) this.#isGuest();
    else this.#lookLater(told.problem);
    const now = nameIn(this.#account.value);
    if (before === undefined || before === now) return false;
    this.#changed();
    return now === "";
  }

  async askRegistration(): Promise<void> {
    this.#isRegistrationOpen = (await this.#ports.askRegistration()) ?? this.#isRegistrationOpen;
    if (this.#account.value.state === "guest") this.#isGuest();
  }

  logIn(name: string, password: string): Promise<Told<undefined>> {
    return this.#enter("/session", { name, password });
  }

  register(name: string, password: string, adminCode: string): Promise<Told<undefined>> {
    return this.#enter("/accounts", { name, password, ...(adminCode !== "" && { adminCode }) });
  }

  logOut(): Promise<Told<undefined>> {
    return this.#leave({ method: "DELETE", path: "/session" });
  }

  changePassword(current: string, fresh: string): Promise<Told<undefined>> {
    const body = { password: current, newPassword: fresh };
    return this.#do({ method: "PATCH", path: "/me", body });
  }

  deleteAccount(password: string): Promise<Told<undefined>> {
    return this.#leave({ method: "DELETE", path: "/me", body: { password } });
  }

  async becomeAdministrator(code: string): Promise<Told<undefined>> {
    const told = await this.#do({ method: "PATCH", path: "/me", body: { adminCode: code } });
    if (told.ok) await this.look();
    return told;
  }

  keys(): Promise<Told<readonly ApiKey[]>> {
    return this.#ask({ method: "GET", path: "/keys" }, (body) => parseApiPage(body, parseApiKey).items);
  }

  addKey(name: string, ttlSeconds: number | undefined): Promise<Told<NewApiKey>> {
    const body = { name, ...(ttlSeconds !== undefined && { ttlSeconds }) };
    return this.#ask({ method: "POST", path: "/keys", body }, parseNewApiKey);
  }

  replaceKey(id: string, graceSeconds: number): Promise<Told<NewApiKey>> {
    const path = `/keys/${encodeURIComponent(id)}/replace`;
    return this.#ask({ method: "POST", path, body: { graceSeconds } }, parseNewApiKey);
  }

  revokeKey(id: string): Promise<Told<undefined>> {
    return this.#do({ method: "DELETE", path: `/keys/${encodeURIComponent(id)}` });
  }

  everybody(cursor: string | undefined): Promise<Told<ApiPage<ApiAccountEntry>>> {
    const query = cursor === undefined ? "" : `?${new URLSearchParams({ cursor })}`;
    return this.#ask({ method: "GET", path: `/accounts${query}` }, (body) =>
      parseApiPage(body, parseApiAccountEntry),
    );
  }

  change(
    name: string,
    change: { readonly isBanned?: boolean; readonly isAdmin?: boolean },
  ): Promise<Told<undefined>> {
    return this.#do({ method: "PATCH", path: `/accounts/${encodeURIComponent(name)}`, body: change });
  }

  remove(name: string): Promise<Told<undefined>> {
    return this.#do({ method: "DELETE", path: `/accounts/${encodeURIComponent(name)}` });
  }

  isRegistrationOpen(): Promise<Told<boolean>> {
    return this.#ask(
      { method: "GET", path: "/settings" },
      (body) => parseApiSettings(body).isRegistrationOpen,
    );
  }

  openRegistration(isOpen: boolean): Promise<Told<undefined>> {
    return this.#do({ method: "PATCH", path: "/settings", body: { isRegistrationOpen: isOpen } });
  }

  /** Without an answer, what the page knows already stays true. */
  #lookLater(problem: string): void {
    if (this.#account.value.state !== "unknown") return;
    this.#account.value = { state: "unknown", problem };
    const { clock } = this.#ports;
    this.#cancelRetry();
    this.#cancelRetry = clock.wakeAt(millis(clock.now() + this.#retryMillis), () => void this.look());
    this.#retryMillis = Math.min(2 * this.#retryMillis, LAST_RETRY_MILLIS);
  }

  async #enter(path: string, body: object): Promise<Told<undefined>> {
    const told = await ask(this.#send, { method: "POST", path, body }, parseApiAccount);
    if (!told.ok) return told;
    this.#isMember(told.value);
    this.#changed();
    return { ok: true, value: undefined };
  }

  async #leave(request: ApiRequest): Promise<Told<undefined>> {
    const told = await this.#do(request);
    if (!told.ok) return told;
    this.#isGuest();
    this.#changed();
    return told;
  }

  #do(request: ApiRequest): Promise<Told<undefined>> {
    return this.#ask(request, parseNothing);
  }

  #ask<Value>(request: ApiRequest, parse: (body: unknown) => Value): Promise<Told<Value>> {
    return ask(this.#send, request, parse);
  }

  #isMember({ name, isAdmin }: ApiAccount): void {
    this.#cancelRetry();
    this.#account.value = { state: "member", name, isAdmin };
  }

  #isGuest(): void {
    this.#cancelRetry();
    this.#account.value = { state: "guest", isRegistrationOpen: this.#isRegistrationOpen };
  }
}

/** Who is logged in. Empty: nobody. Undefined: we have not asked yet. */
function nameIn(account: Account): string | undefined {
  if (account.state === "member") return account.name;
  return account.state === "guest" ? "" : undefined;
}
