/** So much of a text is shown. What people type is no longer, so that whoever gets it reads all of it. */
export const MAX_TEXT_BYTES = 64 * 1024;
