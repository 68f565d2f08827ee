/** The page cannot take these files. The message is a sentence for the person. */
export class PickError extends Error {
  override readonly name = "PickError";
}
