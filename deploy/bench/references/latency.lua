-- What wrk saw, as one JSON object: requests a second, percentiles in microseconds, and how many answers were not as wanted.
done = function(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format('{"per_second": %.1f, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n',
      summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99), errors.status,
      errors.connect + errors.read + errors.write + errors.timeout))
end
