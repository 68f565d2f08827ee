/** What the build puts in the place of this name: see `service-worker-build.ts`. */
declare const __PAGE__: { readonly version: string; readonly files: readonly string[] };

/** Differs between any two builds whose files differ. */
export const PAGE_VERSION = __PAGE__.version;

/** The paths of all files of the page, which begin with `/`. */
export const PAGE_FILES = __PAGE__.files;
