import type { Info } from "#shared/meta/info.ts";
import type { WaitReason } from "./client.ts";

/** A download of more bytes than this waits for the person: it takes minutes and a good part of a phone's storage. */
export const MAX_UNASKED_BYTES = 1024 ** 3;

/** What some browsers tell about the connection (Network Information API). */
export interface Connection {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** What decides whether new downloads wait, as data that can be cloned. */
export interface StartGate {
  /** Undefined: the browser does not tell. */
  readonly connection: Connection | undefined;
  /** The person wants to be asked before every download. */
  readonly asksFirst: boolean;
}

/** Why a new download should wait until the person starts it. Undefined: it starts at once. */
export function waitReason(
  info: Info,
  selectedFiles: readonly number[] | undefined,
  { connection, asksFirst }: StartGate,
): WaitReason | undefined {
  if (isMetered(connection)) return "metered";
  if (selectedBytes(info, selectedFiles) > MAX_UNASKED_BYTES) return "large";
  return asksFirst ? "asked" : undefined;
}

/** Whether each byte may cost money, as far as the browser tells. */
export function isMetered(connection: Connection | undefined): boolean {
  return connection?.saveData === true || connection?.type === "cellular";
}

/** The connection of this browser, if it tells, as data that can be cloned. */
export function currentConnection(): Connection | undefined {
  if (!("connection" in navigator)) return undefined;
  const { saveData, type } = navigator.connection as Connection;
  return { ...(saveData === undefined ? {} : { saveData }), ...(type === undefined ? {} : { type }) };
}

/** Calls `changed` when the device goes to another kind of network, if the browser tells. Nothing else may tell of it. */
export function onOtherNetwork(changed: () => void): void {
  if (!("connection" in navigator)) return;
  let before = currentConnection()?.type;
  (navigator.connection as EventTarget).addEventListener("change", () => {
    const type = currentConnection()?.type; // Estimates of the speed change all the time.
    if (type !== before) changed();
    before = type;
  });
}

function selectedBytes({ files, layout }: Info, selectedFiles: readonly number[] | undefined): number {
  if (selectedFiles === undefined) return layout.totalBytes;
  return selectedFiles.reduce((sum, index) => sum + (files[index]?.bytes ?? 0), 0);
}
