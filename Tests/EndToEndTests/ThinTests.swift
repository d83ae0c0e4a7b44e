import BillingContract
import SchedulingContract
import Testing
import TestSupport
import ContractKit

@Suite struct ThinTests {
    @Test func thin() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let trainer = try await gym.trainer()
            let member = try await gym.member()
            let session = try await gym.session(try await gym.classType(), trainer: trainer)
            _ = try await gym.book(session.id, member.id)
            _ = try await gym.owner.call(CompleteSession(sessionID: session.id), body: .init())
            let time = try await eventually("invoice") { try await gym.owner.call(ListInvoices(memberID: member.id)).data.first?.lines.count == 1 }
            print("invoice line after", time)
        }
    }
}
