import { Counter, Gauge, type Registry } from "prom-client";

/** The registry to which a part of the tracker adds what it measures. */
export type MetricRegistry = Registry;

/** A label and its value, by label. No label carries anything that a user sent. */
type Labels = Readonly<Record<string, string>>;
/** A value for each combination of labels. */
export type Readings = readonly (readonly [value: number, labels?: Labels])[];

/** Adds a counter that is read when somebody asks. `read` must never go down. */
export function addCounter(
  registry: MetricRegistry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Readings | Promise<Readings>,
): void {
  const counter: Counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      const readings = await read();
      counter.reset();
      for (const [value, labels = {}] of readings) counter.inc(labels, value);
    },
  });
}

/** Adds a gauge that is read when somebody asks. */
export function addGauge(
  registry: MetricRegistry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Readings | Promise<Readings>,
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      const readings = await read();
      gauge.reset();
      for (const [value, labels = {}] of readings) gauge.set(labels, value);
    },
  });
}
