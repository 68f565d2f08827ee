// All that is exported.
export * from "../../dist/library/tracker.js";
