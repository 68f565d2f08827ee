/**
 * Whether a program or package that tests need is missing, so that they have to be skipped. The console then says how to get it. In
 * CI, where all must be there, this throws, and the file fails.
 */
export function isMissing(found: unknown, howToGetIt: string): boolean {
  if (found) return false;
  if (process.env["CI"]) throw new Error(howToGetIt);
  console.warn(`\n*** ${howToGetIt} ***\n`);
  return true;
}
