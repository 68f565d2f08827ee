import { Counter, Gauge, type Registry } from "prom-client";

/** The registry to which a part of the tracker adds what it measures. */
export type MetricRegistry = Registry;

/** A label and its value, by label. No label carries anything that a user sent. */
type Labels = Readonly<Record<string, string>>;
/** A value for each combination of labels. */
export type Readings = readonly (readonly [value: number, labels?: Labels])[];

type Read = () => Readings | Promise<Readings>;
type Add = (
  registry: MetricRegistry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: Read,
) => void;

/** Adds a counter that is read when somebody asks. `read` must never go down. */
export const addCounter: Add = (registry, name, help, labelNames, read) => {
  const counter: Counter = new Counter({
    ...{ name, help, labelNames, registers: [registry] },
    collect: () => take(counter, read),
  });
};

/** Adds a gauge that is read when somebody asks. */
export const addGauge: Add = (registry, name, help, labelNames, read) => {
  const gauge: Gauge = new Gauge({
    ...{ name, help, labelNames, registers: [registry] },
    collect: () => take(gauge, read),
  });
};

/** Replaces what a metric shows by what is read now. */
async function take(metric: Counter | Gauge, read: Read): Promise<void> {
  const readings = await read();
  metric.reset();
  for (const [value, labels = {}] of readings) metric.inc(labels, value);
}
