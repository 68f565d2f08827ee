/** Words for what the catalog refuses; the API answers each with a status of its own. */
export type CatalogRefusalCode =
  | "alreadyPublished"
  | "catalogFull"
  | "descriptionTooLong"
  | "malformedCursor"
  | "noSuchTorrent"
  | "notYours"
  | "searchTooLong"
  | "torrentNotAllowed"
  | "torrentTooLarge"
  | "tooManyTorrents";

/** Something that the catalog does not do. The message is a sentence for the person. */
export class CatalogRefusal extends Error {
  override readonly name = "CatalogRefusal";
  readonly code: CatalogRefusalCode;

  constructor(code: CatalogRefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
