public import Testing

/// Waits until `condition` holds, and records an issue when it does not within `limit`.
public func eventually(
    within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "waited in vain", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}
