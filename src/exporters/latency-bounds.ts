/**
 * Upper bounds in seconds of the buckets of a histogram of durations, as OpenTelemetry's conventions have them for calls to
 * models: https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md
 */
export const latencyBounds: readonly number[] = Array.from({ length: 14 }, (_, power) => 2 ** power / 100)
