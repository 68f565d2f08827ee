// A tracker in the fastify server that an application has anyway: node tracker-in-fastify.js PORT
import fastify from "fastify";
import { startTracker } from "tabswarm/tracker";

const [, , port = "3000"] = process.argv;

const app = fastify();
app.get("/", async () => "This is the application.\n");

const tracker = await startTracker({ server: app.server });
app.addHook("preClose", () => tracker.close()); // Its WebSockets would keep the server open.

await app.listen({ host: "0.0.0.0", port: Number(port) });
console.log(
  `Peers announce to ${tracker.pageUrl.replace("http", "ws")}announce and ${tracker.pageUrl}announce`,
);

process.once("SIGINT", () => app.close());
process.once("SIGTERM", () => app.close());
