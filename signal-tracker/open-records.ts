import type { RecordStore } from "./core/record-store.ts";
import { MemoryRecordStore } from "./store/memory/record-store.ts";

/** Opens the store of accounts, keys and the catalog: so far in memory, where records end with the process. */
export async function openRecords(): Promise<RecordStore> {
  return new MemoryRecordStore();
}
