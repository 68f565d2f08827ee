/** What a page says to the service worker. */
export type Word =
  /** The page has opened from these files, by their paths. The worker answers whether they are of its version. */
  | { readonly type: "opened"; readonly files: readonly unknown[] }
  /** The worker that waits may begin. */
  | { readonly type: "update" };

/** Pages of other versions may say anything. */
export function readWord(data: unknown): Word | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, files }: Partial<Record<string, unknown>> = { ...data };
  if (type === "update") return { type };
  return type === "opened" && Array.isArray(files) ? { type, files } : undefined;
}
