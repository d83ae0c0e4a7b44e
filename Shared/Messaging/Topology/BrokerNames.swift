/// What things are called at the broker. A name never changes its meaning: other arguments need another name.
enum BrokerNames {
    /// Topic exchange; the routing key is the event's type.
    static let events = "palestra.events"
    /// Stream that every process reads.
    static let everyone = "palestra.everyone"
    /// The exchange that knows every queue by its name.
    static let defaultExchange = ""

    static func main(_ service: String) -> String { "\(service).main" }
    static func retry(_ service: String, _ level: RetrySchedule.Level) -> String { "\(service).main.retry.\(level.name)" }
    static func dead(_ service: String) -> String { "\(service).main.dead" }
}

/// Headers of our own.
enum StoryHeader {
    static let aggregate = "aggregate"
    static let organization = "organization"
    static let traceparent = "traceparent"
    // On messages that were retried or given up.
    static let reason = "x-palestra-reason"
    static let reaction = "x-palestra-reaction"
    static let attempts = "x-palestra-attempts"
    static let firstFailedAt = "x-palestra-first-failed-at"
    static let service = "x-palestra-service"
    static let type = "x-palestra-type"
    static let eventID = "x-palestra-event-id"
    /// Reactions, separated by commas, that gave this event up while others still try.
    static let parked = "x-palestra-parked"
}

/// A message that proves a queue and means nothing else.
enum Canary {
    static let type = "palestra.canary"
}
