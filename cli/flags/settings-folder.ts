import { homedir } from "node:os";
import { join } from "node:path";

/** Where the commands keep log-ins and look for defaults: `$XDG_CONFIG_HOME/tabswarm`, or `tabswarm` where the system keeps settings. */
export function settingsFolder(): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env;
  return join(XDG_CONFIG_HOME || APPDATA || join(homedir(), ".config"), "tabswarm");
}
