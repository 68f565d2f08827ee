import { DAEMON_TARGETS } from "./daemon-targets.ts";
import { FILE_TARGETS } from "./file-targets.ts";
import { PEER_TARGETS } from "./peer-targets.ts";
import type { Target } from "./target.ts";
import { TRACKER_TARGETS } from "./tracker-targets.ts";

/** Every parser of bytes from outside. To add one, add a line to the table of those from whom its bytes come. */
export const TARGETS: readonly Target[] = [
  ...PEER_TARGETS,
  ...TRACKER_TARGETS,
  ...FILE_TARGETS,
  ...DAEMON_TARGETS,
];
