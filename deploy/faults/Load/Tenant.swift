import AuthContract
import Client
import ContractKit
import Foundation
import Synchronization

/// One organization as its clients know it: what they made, and what they may do next with it.
final class Tenant: Sendable {
    struct Person: Sendable {
        var id: PersonID
        var email: EmailAddress
        /// Who is new may not be known to every service while the broker is away.
        var isKnownFrom: ContinuousClock.Instant
    }

    /// A session that takes bookings.
    struct Open: Sendable {
        var id: SessionID
        var taken: Set<PersonID> = []
    }

    struct State: Sendable {
        var members: [Person] = []
        var newcomers: [Person] = []
        var open: [Open] = []
        var bookings: [BookingID] = []
        /// Who attended something, and so has invoices and workouts.
        var attended: [PersonID] = []
        /// The next free place in each trainer's timetable.
        var slots: [Int] = []

        mutating func anyMember() -> Person? {
            while let first = newcomers.first, first.isKnownFrom <= .now { members.append(newcomers.removeFirst()) }
            return members.randomElement()
        }
    }

    /// What stands from sign-up on.
    struct Base: Sendable {
        var owner: TokenStore
        var location: LocationID
        var trainers: [PersonID]
        var classType: ClassTypeID
        var exercise: ExerciseID
    }

    let number: Int
    let canary: String
    let slug: String
    private let state = Mutex(State())
    private let settled = Mutex<Base?>(nil)

    init(_ number: Int) {
        self.number = number
        canary = Canary.random()
        slug = "gym-\(canary.prefix(16))"
    }

    /// Nil until it has signed up.
    var base: Base? { settled.withLock { $0 } }
    func settle(_ base: Base) {
        state.withLock { $0.slots = base.trainers.map { _ in 0 } }
        settled.withLock { $0 = base }
    }

    func change<R: Sendable>(_ body: (inout State) -> R) -> R { state.withLock { body(&$0) } }

    /// A name that shows whose it is wherever it turns up.
    func name(_ what: String) throws -> Line { try valid("\(what) cnry\(canary)") }
    func email(_ what: String) throws -> EmailAddress { try valid("\(what)@\(slug).example") }
}

struct LoadError: Error, CustomStringConvertible {
    var description: String
}

/// A value of the contract from a text that keeps its rule.
func valid<Value: RawRepresentable>(_ raw: Value.RawValue) throws -> Value {
    guard let value = Value(rawValue: raw) else { throw LoadError(description: "\(raw) is no \(Value.self)") }
    return value
}

let password = "correct horse battery"
