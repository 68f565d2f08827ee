import { OpenFiles } from "#headless-peer/files/open-files.ts";

/** The files that the torrents of this process have open. */
export const OPEN_FILES = new OpenFiles();
