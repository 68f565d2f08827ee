import { Counter, Gauge, Registry } from "prom-client";
import type { DaemonStatusJson } from "#shared/daemon/daemon-api.ts";

/** What a daemon tells Prometheus, read when it asks. No label names a torrent: there may be thousands. */
export class DaemonMetrics {
  readonly #registry = new Registry();
  readonly #torrents: Gauge<"state">;
  readonly #gauges: readonly (readonly [Gauge, (status: DaemonStatusJson) => number])[];
  readonly #counters: readonly (readonly [Counter, () => number])[];
  /** Of torrents that have left the list, too: a counter never goes down. */
  readonly #bytes = { up: 0, down: 0 };
  #before = { up: 0, down: 0 };

  constructor() {
    const registers = [this.#registry];
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
    this.#torrents = new Gauge({
      name: "tabswarm_daemon_torrents",
      help: "Torrents in the list, by their state.",
      labelNames: ["state"],
      registers,
    });
    this.#gauges = [
      [gauge("tabswarm_daemon_peers", "Peers that it is linked to."), ({ peers }) => peers],
      [
        gauge("tabswarm_daemon_up_bytes_per_second", "Bytes of blocks that it sends."),
        ({ upBytesPerSecond }) => upBytesPerSecond,
      ],
      [
        gauge("tabswarm_daemon_down_bytes_per_second", "Bytes of blocks that it receives."),
        ({ downBytesPerSecond }) => downBytesPerSecond,
      ],
      [gauge("process_resident_memory_bytes", "Resident memory."), () => process.memoryUsage.rss()],
      [
        gauge("process_start_time_seconds", "When the process started, in Unix time."),
        ({ startedAt }) => Date.parse(startedAt) / 1_000,
      ],
    ];
    this.#counters = [
      [
        counter("tabswarm_daemon_sent_bytes_total", "Bytes of blocks that it has sent."),
        () => this.#bytes.up,
      ],
      [
        counter("tabswarm_daemon_received_bytes_total", "Bytes of blocks that it has received."),
        () => this.#bytes.down,
      ],
      [counter("process_cpu_seconds_total", "CPU time, of user and system together."), cpuSeconds],
    ];
  }

  /** In Prometheus's text format, version 0.0.4. */
  text(status: DaemonStatusJson): Promise<string> {
    this.#count(status);
    for (const [state, count] of Object.entries(status.torrents)) this.#torrents.set({ state }, count);
    for (const [gauge, read] of this.#gauges) gauge.set(read(status));
    for (const [counter, read] of this.#counters) {
      counter.reset();
      counter.inc(read());
    }
    return this.#registry.metrics();
  }

  #count({ uploadedBytes: up, downloadedBytes: down }: DaemonStatusJson): void {
    this.#bytes.up += Math.max(0, up - this.#before.up);
    this.#bytes.down += Math.max(0, down - this.#before.down);
    this.#before = { up, down };
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
