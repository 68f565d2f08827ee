// All that is exported.
export * from "../../dist/library/node.js";
