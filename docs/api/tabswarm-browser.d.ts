// What differs from tabswarm/node.
export { indexedDb, opfs, startTabswarm, type TabswarmOptions } from "../../dist/library/browser.js";
