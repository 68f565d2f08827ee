import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { testRecordStore } from "../record-contract.test-support.ts";
import { SqliteRecordStore } from "./record-store.ts";

const folder = mkdtempSync(join(tmpdir(), "tabswarm-records-"));
afterAll(() => rmSync(folder, { recursive: true }));

testRecordStore(async (limits) => new SqliteRecordStore(mkdtempSync(join(folder, "data-")), limits));
