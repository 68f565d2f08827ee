/** The file of the records cannot be opened. The message says what to do. */
export class RecordFileError extends Error {
  override readonly name = "RecordFileError";
}
