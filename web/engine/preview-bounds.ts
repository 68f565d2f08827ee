/** What a preview gets of a file: a little more than the largest picture that the page decodes, so that a larger one is noticed. */
export const MAX_PREVIEW_BYTES = 16 * 1024 * 1024 + 1;
