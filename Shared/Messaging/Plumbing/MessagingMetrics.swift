import Metrics
import Synchronization

/// What messaging counts; every series carries the service's name.
final class MessagingMetrics: Sendable {
    private let service: String
    /// Made once each: to find a series by its label costs more than a reaction.
    private let reactions = Mutex<[String: ReactionMeters]>([:])

    init(service: String) { self.service = service }

    func published(_ count: Int) { counter("palestra_outbox_published_total").increment(by: count) }
    func unroutable(_ type: String) { counter("palestra_outbox_unroutable_total", ("type", type)).increment() }
    func unconfirmed(_ count: Int) { counter("palestra_outbox_unconfirmed_total").increment(by: count) }

    func backlog(pending: Int, oldestSeconds: Double) {
        Gauge(label: "palestra_outbox_pending", dimensions: [("service", service)]).record(pending)
        Gauge(label: "palestra_outbox_oldest_seconds", dimensions: [("service", service)]).record(oldestSeconds)
    }

    func ignored() { counter("palestra_events_ignored_total").increment() }
    func undecodable() { counter("palestra_events_undecodable_total").increment() }

    func reaction(_ name: String, _ outcome: ReactionMeters.Outcome, took duration: Duration, lagSeconds: Double) {
        let meters = reactions.withLock { known in
            if let meters = known[name] { return meters }
            let meters = ReactionMeters(service: service, reaction: name)
            known[name] = meters
            return meters
        }
        meters.count(outcome, took: duration, lagSeconds: lagSeconds)
    }

    private func counter(_ label: String, _ dimensions: (String, String)...) -> Counter {
        Counter(label: label, dimensions: [("service", service)] + dimensions)
    }
}

/// What is counted of one reaction.
struct ReactionMeters: Sendable {
    enum Outcome: String, CaseIterable {
        case done, duplicate, retry, dead
    }

    private let outcomes: [Outcome: Counter]
    private let took: Timer
    private let lag: Gauge

    init(service: String, reaction: String) {
        let dimensions = [("service", service), ("reaction", reaction)]
        outcomes = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                (outcome, Counter(label: "palestra_reactions_total", dimensions: dimensions + [("outcome", outcome.rawValue)]))
            })
        took = Timer(label: "palestra_reaction_seconds", dimensions: dimensions)
        lag = Gauge(label: "palestra_reaction_lag_seconds", dimensions: dimensions)
    }

    func count(_ outcome: Outcome, took duration: Duration, lagSeconds: Double) {
        outcomes[outcome]?.increment()
        let parts = duration.components
        took.recordNanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
        lag.record(lagSeconds)
    }
}
