/** Characters of a description in a catalog, as it is shown: two paragraphs. */
export const MAX_DESCRIPTION_CHARACTERS = 1_000;
