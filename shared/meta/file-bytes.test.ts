import { expect, test } from "vitest";
import { bytesHeld } from "./file-bytes.ts";
import { Layout } from "./layout.ts";

const LAYOUT = new Layout(50, 10);

test.each([
  [{ offset: 0, bytes: 10 }, [0], 10],
  [{ offset: 5, bytes: 20 }, [0, 2], 10],
  [{ offset: 5, bytes: 20 }, [0, 1, 2], 20],
  [{ offset: 12, bytes: 3 }, [1], 3],
  [{ offset: 12, bytes: 3 }, [0, 2], 0],
  [{ offset: 45, bytes: 5 }, [4], 5],
  [{ offset: 5, bytes: 20, plainBytes: 18 }, [0, 1, 2], 18],
  [{ offset: 50, bytes: 0 }, [4], 0],
])("of the file %j, with pieces %j, as many bytes are here as are in them", (place, held, bytes) => {
  expect(bytesHeld({ path: "a", ...place }, LAYOUT, (piece) => held.includes(piece))).toBe(bytes);
});
