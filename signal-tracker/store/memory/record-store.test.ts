import { testRecordStore } from "../record-contract.test-support.ts";
import { MemoryRecordStore } from "./record-store.ts";

testRecordStore(async (limits) => new MemoryRecordStore(limits));
