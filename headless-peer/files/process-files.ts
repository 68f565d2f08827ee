import { OpenFiles } from "./open-files.ts";

/** The open files of all torrents of this process. */
export const OPEN_FILES = new OpenFiles();
