import Postgres

/// What a relay does beside publishing: it measures, and it deletes what has been published long enough ago.
struct OutboxUpkeep {
    static let measuring = Duration.seconds(5)
    static let deleting = Duration.seconds(60)
    static let portion = 5000

    let metrics: MessagingMetrics
    let state: MessagingState
    private var nextMeasure = ContinuousClock.now
    private var nextDelete = ContinuousClock.now

    init(metrics: MessagingMetrics, state: MessagingState) {
        self.metrics = metrics
        self.state = state
    }

    mutating func measure(_ session: RelayLeadership) async throws {
        guard nextMeasure <= .now else { return }
        nextMeasure = .now + Self.measuring
        guard let backlog = try await session.query(Outbox.backlog, as: Outbox.Backlog.self).first else { return }
        metrics.backlog(pending: backlog.pending, oldestSeconds: backlog.oldestSeconds)
        state.update { $0.backlog = backlog }
    }

    /// One portion at a time, only while nothing waits to be published.
    mutating func deletePublished(_ session: RelayLeadership) async throws {
        guard nextDelete <= .now else { return }
        let count = try await session.execute(Outbox.deletePublished(olderThan: OutboxRelay.kept, limit: Self.portion))
        if count < Self.portion { nextDelete = .now + Self.deleting }
    }
}
