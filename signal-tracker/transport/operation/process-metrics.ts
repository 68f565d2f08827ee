import { performance } from "node:perf_hooks";
import { addCounter, addGauge, type MetricRegistry } from "./metric-readings.ts";

/** Adds what Prometheus calls the standard metrics of a process, under their usual names. */
export function addProcessMetrics(registry: MetricRegistry): void {
  addCounter(registry, "process_cpu_seconds_total", "CPU time, of user and system together.", [], () => {
    const { user, system } = process.cpuUsage();
    return [[(user + system) / 1e6]];
  });
  const gauge = (name: string, help: string, read: () => number): void =>
    addGauge(registry, name, help, [], () => [[read()]]);
  const { timeOrigin } = performance;
  gauge("process_start_time_seconds", "When the process started, in Unix time.", () => timeOrigin / 1e3);
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  gauge(
    "nodejs_heap_size_used_bytes",
    "Used memory of the JavaScript heap.",
    () => process.memoryUsage().heapUsed,
  );
  gauge(
    "nodejs_external_memory_bytes",
    "Memory of buffers and other objects outside the heap.",
    () => process.memoryUsage().external,
  );
}
