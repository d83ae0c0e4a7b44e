import ContractKit
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AuthServer

@Suite struct HashingThreadTests {
    @Test func placesTakeTurnsAndWhoIsTooManyIsToldAtOnce() async throws {
        let thread = HashingThread(limit: 4, limitPerLine: 3)
        let turns = Turns()
        try await withHeld(thread) { tasks in
            // The third of these gives way to the fifth below.
            for name in ["a1", "a2", "a3"] { try await tasks.wait(name, from: "a", for: thread, turns) }
            #expect(try await refusal { try await thread.run(from: NetworkPlace("a")) {} }?.isA(.rateLimited) == true)
            try await tasks.wait("b1", from: "b", for: thread, turns)
            tasks.add("c1", from: "c", to: thread, turns)
            try await eventually { turns.refused == ["a3"] }
            tasks.add("d1", from: "d", to: thread, turns)
            try await eventually { turns.refused == ["a3", "a2"] }
            let full = try await refusal { try await thread.run(from: NetworkPlace("e")) {} }
            #expect(full?.isA(.unavailable) == true && full?.retryAfter == 1)
        }
        #expect(turns.taken == ["a1", "b1", "c1", "d1"])
    }

    @Test func whoIsCancelledWaitsNoLongerAndIsNeverServed() async throws {
        let thread = HashingThread(limit: 1, limitPerLine: 1)
        let turns = Turns()
        try await withHeld(thread) { tasks in
            let gone = Task { try await thread.run(from: NetworkPlace("a")) { turns.take("gone") } }
            try await eventually { thread.waiting == 1 }
            gone.cancel()
            await #expect(throws: CancellationError.self) { try await gone.value }
            #expect(thread.waiting == 0)
            // Their place is free.
            try await tasks.wait("b1", from: "b", for: thread, turns)
        }
        #expect(turns.taken == ["b1"])
    }

    @Test func whoWasCancelledBeforeDoesNotEvenWait() async throws {
        let thread = HashingThread(limit: 1, limitPerLine: 1)
        try await withHeld(thread) { _ in
            let gone = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await thread.run(from: NetworkPlace("a")) {}
            }
            await #expect(throws: CancellationError.self) { try await gone.value }
            #expect(thread.waiting == 0)
        }
    }

    #if os(Linux)
        @Test func theThreadGivesWayToOthersAndEndsWithItsOwner() async throws {
            @Sendable func priority() -> Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
            let ours = await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: priority()) }
            }
            let (path, theirs) = try await {
                let thread = HashingThread(limit: 1, limitPerLine: 1)
                return try await thread.run(from: NetworkPlace("a")) {
                    (try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self"), priority())
                }
            }()
            #expect(theirs == min(19, ours + 5))
            try await eventually { !FileManager.default.fileExists(atPath: "/proc/\(path)") }
        }
    #endif
}

/// What came of those who waited.
final class Turns: Sendable {
    private let state = Mutex<(taken: [String], refused: [String])>(([], []))

    var taken: [String] { state.withLock { $0.taken } }
    var refused: [String] { state.withLock { $0.refused } }
    func take(_ name: String) { state.withLock { $0.taken.append(name) } }
    func refuse(_ name: String) { state.withLock { $0.refused.append(name) } }
}

extension ThrowingTaskGroup<Void, any Error> {
    mutating func add(_ name: String, from place: String, to thread: HashingThread, _ turns: Turns) {
        addTask {
            do { try await thread.run(from: NetworkPlace(place)) { turns.take(name) } } catch is Problem { turns.refuse(name) }
        }
    }

    /// Returns when it stands in the queue.
    mutating func wait(_ name: String, from place: String, for thread: HashingThread, _ turns: Turns) async throws {
        let before = thread.waiting
        add(name, from: place, to: thread, turns)
        try await eventually { thread.waiting == before + 1 }
    }
}

/// Runs `body` while the thread is busy with something else, and waits for all who wait then.
func withHeld<Result>(
    _ thread: HashingThread, _ body: (inout ThrowingTaskGroup<Void, any Error>) async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        let end = DispatchSemaphore(value: 0)
        defer { end.signal() }
        tasks.addTask {
            try await thread.run(from: NetworkPlace("held")) {
                begin.yield()
                end.wait()
            }
        }
        _ = await begins.first { true }
        let result = try await body(&tasks)
        end.signal()
        try await tasks.waitForAll()
        return result
    }
}

func refusal(_ body: () async throws -> Void) async throws -> Problem? { try await problem { try await body() } }
