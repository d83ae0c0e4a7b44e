@testable import ServiceKit
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5))) struct DeadlinesTests {
    @Test func `Nobody looks while there are no requests, and the next one is still ended in time`() async throws {
        let deadlines = Deadlines()
        let looking = Task { try await deadlines.run() }
        for _ in 0..<3 {
            while !deadlines.isResting { try await Task.sleep(for: .milliseconds(5)) }
            let request = RequestState(readingUntil: .now, workingUntil: .now)
            let expired = Signal()
            request.whenExpired { Task { await expired.give() } }
            deadlines.insert(request)
            #expect(!deadlines.isResting)
            await expired.wait()
            deadlines.remove(request)
        }
        looking.cancel()
        try await looking.value
    }

    @Test func `Nobody has to wait for the end of a rest`() async throws {
        let deadlines = Deadlines()
        let looking = Task { try await deadlines.run() }
        while !deadlines.isResting { try await Task.sleep(for: .milliseconds(5)) }
        looking.cancel()
        try await looking.value
    }
}
