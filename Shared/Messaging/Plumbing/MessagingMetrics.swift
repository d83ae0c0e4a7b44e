import Metrics

/// What messaging counts; every series carries the service's name.
struct MessagingMetrics: Sendable {
    let service: String

    func published(_ count: Int) { counter("palestra_outbox_published_total").increment(by: count) }
    func unroutable(_ type: String) { counter("palestra_outbox_unroutable_total", ("type", type)).increment() }
    func unconfirmed(_ count: Int) { counter("palestra_outbox_unconfirmed_total").increment(by: count) }

    func backlog(pending: Int, oldestSeconds: Double) {
        Gauge(label: "palestra_outbox_pending", dimensions: [("service", service)]).record(pending)
        Gauge(label: "palestra_outbox_oldest_seconds", dimensions: [("service", service)]).record(oldestSeconds)
    }

    func ignored() { counter("palestra_events_ignored_total").increment() }
    func undecodable() { counter("palestra_events_undecodable_total").increment() }

    /// `outcome`: done, duplicate, retry or dead.
    func reaction(_ name: String, _ outcome: String, took duration: Duration, lagSeconds: Double) {
        counter("palestra_reactions_total", ("reaction", name), ("outcome", outcome)).increment()
        let parts = duration.components
        Timer(label: "palestra_reaction_seconds", dimensions: [("service", service), ("reaction", name)])
            .recordNanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
        Gauge(label: "palestra_reaction_lag_seconds", dimensions: [("service", service), ("reaction", name)]).record(lagSeconds)
    }

    private func counter(_ label: String, _ dimensions: (String, String)...) -> Counter {
        Counter(label: label, dimensions: [("service", service)] + dimensions)
    }
}
