import { expect, test } from "vitest";
import { MAX_PICTURE_BYTES, MAX_TEXT_BYTES, previewOf } from "./preview-kind.ts";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

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

test("a long text is cut, between two characters", async () => {
  const preview = await previewOf(new Blob([`a${"é".repeat(MAX_TEXT_BYTES)}`]));
  const text = `a${"é".repeat(MAX_TEXT_BYTES / 2 - 1)}`;
  expect(preview).toEqual({ type: "text", text, isCut: true });
});

test("what is no UTF-8 is old Windows text, and what is no text is not shown", async () => {
  expect(await previewOf(new Blob([new Uint8Array([0x63, 0xe9])]))).toMatchObject({ text: "cé" });
  expect(await previewOf(new Blob([new Uint8Array([0, 1, 2])]))).toEqual({ type: "none", why: "unknown" });
});
