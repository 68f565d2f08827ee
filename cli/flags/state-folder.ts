import { homedir } from "node:os";
import { join } from "node:path";

/** Where a daemon keeps its state if nobody says: `$XDG_STATE_HOME/tabswarm`, or where the system keeps such things. */
export function usualStateFolder(): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  return join(XDG_STATE_HOME || LOCALAPPDATA || join(homedir(), ".local", "state"), "tabswarm");
}
