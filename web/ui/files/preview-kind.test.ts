import { expect, test } from "vitest";
import { MAX_PREVIEW_BYTES } from "../../engine/preview-bounds.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS, previewOf } from "./preview-kind.ts";
import { MAX_TEXT_BYTES } from "./text-bounds.ts";

const PNG = png(1_000, 1_000);

test("a picture gets its type from its bytes, whatever it says it is", async () => {
  const preview = await previewOf(new Blob([PNG], { type: "text/html" }));
  expect(preview).toMatchObject({ type: "picture", bytes: { type: "image/png" } });
});

test("HTML and SVG are text, whatever they say they are", async () => {
  for (const text of ["<script>alert(1)</script>", "<svg onload='alert(1)'/>"])
    expect(await previewOf(new Blob([text], { type: "image/png" }))).toEqual({
      ...{ type: "text", text, isCut: false },
    });
});

test("a picture that is too large is not decoded", async () => {
  const rest = new Uint8Array(MAX_PICTURE_BYTES);
  expect(await previewOf(new Blob([PNG, rest]))).toEqual({ type: "none", why: "too-large" });
});

test("enough of a file is read to see that a picture is too large", async () => {
  const beginning = new Blob([PNG, new Uint8Array(MAX_PREVIEW_BYTES - PNG.length)]);
  expect(await previewOf(beginning)).toEqual({ type: "none", why: "too-large" });
});

test("a long text is cut, between two characters", async () => {
  const preview = await previewOf(new Blob([`a${"é".repeat(MAX_TEXT_BYTES)}`]));
  const text = `a${"é".repeat(MAX_TEXT_BYTES / 2 - 1)}`;
  expect(preview).toEqual({ type: "text", text, isCut: true });
});

test("what is no UTF-8 is old Windows text, and what is no text is not shown", async () => {
  expect(await previewOf(new Blob([new Uint8Array([0x63, 0xe9])]))).toMatchObject({ text: "cé" });
  expect(await previewOf(new Blob([new Uint8Array([0, 1, 2])]))).toEqual({ type: "none", why: "unknown" });
});

test("a PDF is not shown, whatever it says it is", async () => {
  const pdf = "%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >> endobj";
  expect(await previewOf(new Blob([pdf], { type: "text/plain" }))).toEqual({ type: "none", why: "pdf" });
});

test("a small file with more pixels than a tab can decode is not shown as a picture", async () => {
  const edge = Math.sqrt(MAX_PICTURE_PIXELS);
  expect(await previewOf(new Blob([png(edge, edge)]))).toMatchObject({ type: "picture" });
  expect(await previewOf(new Blob([png(edge, edge + 1)]))).toEqual({ type: "none", why: "too-many-pixels" });
  expect(await previewOf(new Blob([png(edge, edge).subarray(0, 20)]))).toEqual({
    type: "none",
    why: "broken",
  });
});

/** The first bytes of a PNG of this size. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, 0x89504e47);
  head.setUint32(4, 0x0d0a1a0a);
  head.setUint32(16, width);
  head.setUint32(20, height);
  return new Uint8Array(head.buffer);
}
