import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import AuthServer

@Suite struct BookedMemberTests {
    private func booked(_ member: Person, _ trainer: SignedInTrainer, _ gym: Staff, _ id: BookingID) -> BookingCreated {
        BookingCreated(
            organizationID: gym.organization, bookingID: id, sessionID: SessionID(), memberID: member.id, trainerID: trainer.id,
            status: .confirmed, className: "Spin", startsAt: Date(), timeZone: .example, version: 1)
    }

    private func cancelled(_ booking: BookingCreated) -> BookingCancelled {
        BookingCancelled(
            organizationID: booking.organizationID, bookingID: booking.bookingID, sessionID: booking.sessionID, memberID: booking.memberID,
            trainerID: booking.trainerID, className: "Spin", startsAt: Date(), timeZone: .example, version: 2)
    }

    @Test func aTrainerSeesWhoComesAndChangesNothingOfThem() async throws {
        try await withStaff { gym, _ in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let (mia, max) = (try await gym.member("Mia"), try await gym.member("Max"))
            #expect(try await gym.refusal(of: tina, to: mia) == 404)
            let (first, second) = (booked(mia, tina, gym, BookingID()), booked(mia, tina, gym, BookingID()))
            try await gym.auth.hear(OnBookingCreated(), first)
            try await gym.auth.hear(OnBookingCreated(), second)
            #expect(try await gym.members(seenBy: tina.token) == [mia.id])
            #expect(try await gym.refusal(of: tom, to: mia) == 404)
            let rename = try await problem {
                try await gym.auth.call(UpdateMember(memberID: mia.id), body: .init(fullName: "Maria"), token: tina.token)
            }
            #expect(rename?.status == 403)
            #expect(try await problem { try await gym.auth.call(GetMemberHealth(memberID: mia.id), token: tina.token) }?.status == 403)

            try await gym.auth.hear(OnBookingCancelled(), cancelled(first))
            #expect(try await gym.refusal(of: tina, to: mia) == nil)
            try await gym.auth.hear(OnBookingCancelled(), cancelled(second))
            #expect(try await gym.refusal(of: tina, to: mia) == 404)

            // A session that is called off takes everybody with it, and what is told in another order comes to the same.
            let session = SessionCancelled(
                organizationID: gym.organization, sessionID: SessionID(), trainerID: tina.id, className: "Spin", startsAt: Date(),
                timeZone: .example, memberIDs: [max.id, mia.id], version: 2)
            try await gym.auth.hear(OnBookingCreated(), booked(mia, tina, gym, BookingID()))
            try await gym.auth.hear(OnSessionCancelled(), session)
            try await gym.auth.hear(OnBookingCreated(), booked(max, tina, gym, BookingID()))
            #expect(try await gym.members(seenBy: tina.token).isEmpty)
        }
    }
}
