import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { Registry } from "prom-client";
import {
  DURATION_BOUNDS_MILLIS,
  type Durations,
  FAMILIES,
  TRANSPORTS,
  type TrackerCounters,
} from "../counters.ts";
import type { CensusTaker } from "./census.ts";
import { addCounter, addGauge, type MetricRegistry, type Readings } from "./metric-readings.ts";
import { addProcessMetrics } from "./process-metrics.ts";

/** What the metrics are read from. */
export interface MetricSources {
  readonly counters: TrackerCounters;
  readonly census: CensusTaker;
  /** Open WebSockets. */
  readonly socketCount: () => number;
  /** When certificates expire. */
  readonly certificates: () => readonly CertificateExpiry[];
}

/** A certificate of ours and when it expires. */
export interface CertificateExpiry {
  /** `https`, what the tracker serves; `ca`, its own authority. */
  readonly certificate: string;
  readonly expires: Date;
}

/** How often the event-loop lag is measured: rarely enough to cost nothing, often enough to see a stall of 50 ms. */
const LAG_RESOLUTION_MILLIS = 20;

/** What the tracker tells Prometheus. Nothing is collected before somebody asks. */
export class Metrics {
  /** Its own, so that several trackers in one process do not add up. */
  readonly registry: MetricRegistry = new Registry();
  readonly #durations: Durations;
  /** Undefined: nobody has asked yet. */
  #lag: IntervalHistogram | undefined;

  constructor(sources: MetricSources) {
    this.#durations = sources.counters.announceMillis;
    addCounters(this.registry, sources.counters);
    addGauges(this.registry, sources);
    addProcessMetrics(this.registry);
    this.#addLag();
  }

  /** In Prometheus's text format, version 0.0.4. */
  async text(): Promise<string> {
    const metrics = await this.registry.metrics();
    return `${metrics}\n${histogramText("tabswarm_announce_duration_seconds", "How long the tracker takes to answer an announce.", this.#durations)}`;
  }

  close(): void {
    this.#lag?.disable();
  }

  #addLag(): void {
    addGauge(
      this.registry,
      "nodejs_eventloop_lag_seconds",
      "Lag of the event loop since the last look.",
      ["quantile"],
      () => {
        const lag = this.#lag;
        if (lag === undefined) {
          this.#lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MILLIS });
          this.#lag.enable();
          return [];
        }
        const readings: Readings = [50, 99, 100].map((percent) => {
          const nanoseconds = lag.count === 0 ? 0 : lag.percentile(percent);
          return [
            Math.max(0, nanoseconds / 1e9 - LAG_RESOLUTION_MILLIS / 1e3),
            { quantile: String(percent / 100) },
          ];
        });
        lag.reset();
        return readings;
      },
    );
  }
}

function addCounters(registry: MetricRegistry, counters: TrackerCounters): void {
  addCounter(registry, "tabswarm_announces_total", "Announces.", ["transport", "family", "result"], () =>
    TRANSPORTS.flatMap((transport) =>
      FAMILIES.flatMap((family) => {
        const { answered, refused } = counters.announces[transport][family];
        const labels = { transport, family };
        const readings: Readings = [
          [answered, { ...labels, result: "answered" }],
          [refused, { ...labels, result: "refused" }],
        ];
        return readings;
      }),
    ),
  );
  addCounter(registry, "tabswarm_scrapes_total", "Scrapes.", ["transport", "result"], () =>
    TRANSPORTS.flatMap((transport) => {
      const { answered, refused } = counters.scrapes[transport];
      const readings: Readings = [
        [answered, { transport, result: "answered" }],
        [refused, { transport, result: "refused" }],
      ];
      return readings;
    }),
  );
  addCounter(
    registry,
    "tabswarm_malformed_total",
    "Messages and requests that cannot be read.",
    ["transport"],
    () => TRANSPORTS.map((transport) => [counters.malformed[transport], { transport }] as const),
  );
  addCounter(
    registry,
    "tabswarm_relays_total",
    "Offers and answers passed on between peers.",
    ["type"],
    () => [
      [counters.relayedOffers, { type: "offer" }],
      [counters.relayedAnswers, { type: "answer" }],
    ],
  );
  addSingleCounters(registry, counters);
}

function addSingleCounters(registry: MetricRegistry, counters: TrackerCounters): void {
  const single = (name: string, help: string, read: () => number): void =>
    addCounter(registry, name, help, [], () => [[read()]]);
  single(
    "tabswarm_offers_dropped_total",
    "Offers beyond the limits of their address, or for clients that do not read.",
    () => counters.droppedOffers,
  );
  single(
    "tabswarm_unwanted_answers_total",
    "Answers that no offer waits for.",
    () => counters.unwantedAnswers,
  );
  single("tabswarm_sockets_opened_total", "WebSockets opened.", () => counters.openedSockets);
  single(
    "tabswarm_connections_refused_total",
    "TCP connections beyond the limit of their address.",
    () => counters.refusedConnections,
  );
  single(
    "tabswarm_sockets_refused_total",
    "WebSockets beyond the limit of their address.",
    () => counters.refusedSockets,
  );
  single("tabswarm_stun_answers_total", "STUN answers.", () => counters.stunAnswers);
  single(
    "tabswarm_store_errors_total",
    "Times that a database was unavailable when it was asked, also for announces.",
    () => counters.storeErrors,
  );
}

function addGauges(
  registry: MetricRegistry,
  { counters, census, socketCount, certificates }: MetricSources,
): void {
  addGauge(
    registry,
    "tabswarm_certificate_expiry_timestamp_seconds",
    "When the certificate for https and the authority behind it expire.",
    ["certificate"],
    () => certificates().map(({ certificate, expires }) => [expires.getTime() / 1_000, { certificate }]),
  );
  addGauge(registry, "tabswarm_sockets", "Open WebSockets.", [], () => [[socketCount()]]);
  addGauge(
    registry,
    "tabswarm_connections",
    "Open TCP connections, those of WebSockets among them.",
    [],
    () => [[counters.openConnections]],
  );
  addGauge(registry, "tabswarm_swarms", "Swarms that have a peer.", [], async () => [
    [(await census.take()).swarms],
  ]);
  addGauge(registry, "tabswarm_peers", "Peers of all swarms, by their progress.", ["progress"], async () => {
    const { seeders, leechers } = await census.take();
    return [
      [seeders, { progress: "seeder" }],
      [leechers, { progress: "leecher" }],
    ];
  });
  addGauge(
    registry,
    "tabswarm_members",
    "Entries in all swarms, by how they are reached.",
    ["kind"],
    async () => {
      const { sockets: webrtc, addresses: tcp } = await census.take();
      return [
        [webrtc, { kind: "webrtc" }],
        [tcp, { kind: "tcp" }],
      ];
    },
  );
}

/** The library's histograms cannot be filled from counts, so this one is written out here. */
function histogramText(name: string, help: string, { counts, sumMillis }: Durations): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  let count = 0;
  for (const [at, inBucket] of counts.entries()) {
    const bound = DURATION_BOUNDS_MILLIS[at];
    count += inBucket;
    lines.push(`${name}_bucket{le="${bound === undefined ? "+Inf" : bound / 1e3}"} ${count}`);
  }
  lines.push(`${name}_sum ${sumMillis / 1e3}`, `${name}_count ${count}`);
  return `${lines.join("\n")}\n`;
}
