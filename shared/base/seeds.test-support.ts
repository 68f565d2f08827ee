/**
 * The seeds of a test: fixed ones, among them those that once failed, and one more that is fresh in each run of CI. Pass
 * `process.env["SEED"]`; to see a failure again, run the test with the seed that it names.
 */
export function seeds(fresh: string | undefined, ...fixed: readonly number[]): readonly number[] {
  return fresh === undefined ? fixed : [...fixed, Number(fresh)];
}
