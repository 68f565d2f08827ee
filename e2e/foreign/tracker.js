// bittorrent-tracker's server in its own process, on loopback, for HTTP, UDP and WebSocket: prints "listening at <port>".
import Server from "bittorrent-tracker/server";

const server = new Server({ stats: false });
server.udp6.close();
server.udp6 = null; // It would listen on all addresses.
server.on("error", (error) => {
  throw error;
});
server.udp4.on("listening", () => console.log(`listening at ${server.http.address().port}`));
server.http.on("listening", () => server.udp4.bind(server.http.address().port, "127.0.0.1"));
server.http.listen(0, "127.0.0.1");
