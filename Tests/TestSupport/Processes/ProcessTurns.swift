/// Lets so many in at once; the others wait, first come, first served.
public actor Turns {
    static let databases = Turns(16)
    static let brokers = Turns(16)

    /// A test that borrows a second time must not wait for others who do the same: its first turn covers it.
    @TaskLocal private static var held: Set<ObjectIdentifier> = []

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init(_ places: Int) { free = places }

    public func take<Result>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result) async throws -> Result {
        let id = ObjectIdentifier(self)
        if Self.held.contains(id) { return try await body() }
        await enter()
        do {
            let result = try await Self.$held.withValue(Self.held.union([id]), operation: body, isolation: isolation)
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
