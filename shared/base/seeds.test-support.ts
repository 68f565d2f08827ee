/**
 * The seeds of a test: fixed ones, including those that once failed, and a fresh one in each CI run. Pass
 * `process.env["SEED"]`. To reproduce a failure, run the test with the seed that it names.
 */
export function seeds(fresh: string | undefined, ...fixed: readonly number[]): readonly number[] {
  return fresh === undefined ? fixed : [...fixed, Number(fresh)];
}
