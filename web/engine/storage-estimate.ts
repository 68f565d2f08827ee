/** What the browser counts for this page, and the most that it allows, in bytes. Empty: it does not say, as on plain http. */
export async function storageEstimate(): Promise<StorageEstimate> {
  const { storage }: Partial<Navigator> = globalThis.navigator ?? {};
  return (await storage?.estimate?.()) ?? {};
}
