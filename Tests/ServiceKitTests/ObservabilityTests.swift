import ContractKit
import CoreMetrics
import Foundation
import Logging
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite struct ObservabilityTests {
    final class Lines: Sendable {
        private let data = Mutex(Data())
        var values: [JSONValue] {
            data.withLock { $0 }.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONDecoder().decode(JSONValue.self, from: $0) }
        }
        func logger(_ level: Logger.Level = .info) -> Logger {
            Logger(label: "toys") { label in
                JSONLogHandler(label: label, level: level, provider: .ofCurrentWork) { line in self.data.withLock { $0 += line } }
            }
        }
    }

    @Test func `A log line is one JSON object, whatever is in it`() throws {
        let lines = Lines()
        var logger = lines.logger()
        logger[metadataKey: "replica"] = "1"
        logger.info("two\nlines \"quoted\" \u{1}", metadata: ["list": ["a", "b"], "map": ["k": "v"]])
        logger.debug("too quiet")
        #expect(lines.values.count == 1)
        let line = try #require(lines.values.first)
        #expect(line["message"] == "two\nlines \"quoted\" \u{1}")
        #expect(line["level"] == "info" && line["logger"] == "toys" && line["replica"] == "1")
        #expect(line["list"] == ["a", "b"] && line["map"] == ["k": "v"])
        #expect(line["time"] != nil)
    }

    @Test func `A request leaves one line with ids and without names`() async throws {
        let lines = Lines()
        try await withDatabase(.billing) { lent in
            try await lent.sql(ToyEndpoints.table)
            let keys = try await TestKeys.make()
            let organization = OrganizationID()
            try await withEndpoints(
                named: "billing", ToyEndpoints.all(), database: lent.open(), keys: keys, logger: lines.logger()
            ) { service in
                let token = try await service.token(organization: organization)
                let trace = "0af7651916cd43dd8448eb211c80319c"
                _ = try await service.request(
                    "POST", "/v1/toys?secret=query", token: token,
                    headers: ["traceparent": "00-\(trace)-b7ad6b7169203331-01", "Request-Id": "r-1"],
                    json: #"{"name":"Secret","weight":3}"#)
                _ = try await service.request("GET", "/livez")
                let requests = lines.values.filter { $0["message"] == "request" }
                #expect(requests.count == 1)
                let line = try #require(requests.first)
                #expect(line["method"] == "POST" && line["route"] == "/v1/toys" && line["status"] == "201")
                #expect(line["request_id"] == "r-1" && line["trace_id"] == .string(trace))
                #expect(line["organization_id"] == .string(organization.description))
                #expect(!"\(lines.values)".lowercased().contains("secret") && !"\(lines.values)".contains(token))
            }
        }
    }

    @Test func `Metrics are written as Prometheus text`() {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "events.published", dimensions: [("type", "a\"b")]).increment(by: 3)
        registry.makeCounter(label: "events.published", dimensions: [("type", "a\"b")]).increment(by: 2)
        registry.makeMeter(label: "queue-depth", dimensions: []).set(Int64(7))
        registry.makeRecorder(label: "pending", dimensions: [], aggregate: false).record(Int64(4))
        let timer = registry.makeTimer(label: "reaction", dimensions: [])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(99_000_000_000)
        // A name that is taken by another kind does no harm.
        registry.makeMeter(label: "events.published_total", dimensions: [("type", "a\"b")]).set(Int64(1))
        let text = registry.render()
        #expect(text.contains("# TYPE events_published_total counter\nevents_published_total{type=\"a\\\"b\"} 5\n"))
        #expect(text.contains("# TYPE queue_depth gauge\nqueue_depth 7\n"))
        #expect(text.contains("pending 4\n"))
        #expect(text.contains("reaction_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("reaction_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("reaction_seconds_sum 99.002\n"))
        #expect(text.contains("reaction_seconds_count 2\n"))
    }
}
