import AuthContract
import BillingContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import SystemSupport

/// Merging two people who are one, over every service.
@Suite struct MergeTests {
    @Test func everythingIsTheKeptPersonsAndGoesWithThem() async throws {
        try await withSystem { system in
            let life = try await Life.lived(on: system)
            let (gym, duplicate) = (life.gym, life.member.id)
            // The same human, typed in at the desk, has been here as well.
            let mark = newMark()
            let kept = try await gym.owner.call(CreateMember(), body: .init(fullName: Line(rawValue: "Zeb \(mark)")!)).id
            let type = try await gym.classType()
            let (held, own) = (
                try await gym.session(type, trainer: life.trainer, in: 60), try await gym.session(type, trainer: life.trainer, in: 70)
            )
            try await eventually("the timetable knows them") {
                _ = try await gym.book(held.id, kept); return true
            }
            _ = try await gym.book(held.id, duplicate)
            _ = try await gym.book(own.id, kept)
            let double = try await gym.book(own.id, duplicate)
            _ = try await gym.owner.call(CompleteSession(sessionID: held.id), body: .init())
            func invoices(_ member: PersonID) async throws -> [Invoice] { try await gym.owner.call(ListInvoices(memberID: member)).data }
            func workouts(_ member: PersonID) async throws -> [Workout] { try await gym.owner.call(ListWorkouts(memberID: member)).data }
            func bookings(_ member: PersonID) async throws -> [Booking] { try await gym.owner.call(ListBookings(memberID: member)).data }
            try await eventually("both are billed, and have a workout") {
                let lines = try await invoices(kept).flatMap(\.lines).count + invoices(duplicate).flatMap(\.lines).count
                let opened = (try await workouts(kept).count, try await workouts(duplicate).count)
                return lines == 4 && opened == (1, 3)
            }
            try await eventually("the kept one was told") {
                try await system.servers.sql("select count(*) > 1 from notifications.notifications where person_id = '\(kept)'") == "t"
            }
            let money = """
                select (select sum(amount) || ' in ' || count(*) from billing.invoice_lines where organization_id = '\(gym.organizationID)'),
                    (select sum(total) || ' ' || sum(paid) from billing.invoices where organization_id = '\(gym.organizationID)'),
                    (select sum(amount) from billing.payments where organization_id = '\(gym.organizationID)')
                """
            let before = try await system.servers.sql(money)
            let (sets, count) = (
                try await workouts(duplicate).flatMap(\.exercises).count, try await bookings(duplicate).count + bookings(kept).count
            )

            let plan = try await gym.owner.call(MergePeople(personID: kept), body: .init(duplicateID: duplicate, dryRun: true)).plan
            #expect(plan.movesAccount && plan.filled.contains(.health) && plan.conflicts == [.fullName])
            #expect(try await gym.owner.call(GetMember(memberID: duplicate)).id == duplicate)
            let merge = try #require(try await gym.owner.call(MergePeople(personID: kept), body: .init(duplicateID: duplicate)).merge)
            let done = try await finished(merge.id, gym)
            for part in done.services { #expect(part.mergedAt != nil && !part.deeds.isEmpty, "\(part.service)") }

            // Everything under the one, and nothing under the other.
            #expect(try await system.servers.sql(money) == before)
            #expect(try await invoices(kept).flatMap(\.lines).count == 4)
            #expect(try await invoices(duplicate).isEmpty)
            #expect(try await workouts(kept).flatMap(\.exercises).count == sets)
            #expect(try await workouts(duplicate).isEmpty)
            let all = try await bookings(kept)
            #expect(all.count == count)
            #expect(try await bookings(duplicate).isEmpty)
            #expect(all.first { $0.id == double.id }?.status == .cancelled)
            #expect(all.first { $0.sessionID == life.coming }?.status == .confirmed)
            let token = try await Caller(system).post(
                "/v1/auth/login", ["email": .string(life.member.email), "password": .string(Gym.password)]
            ).expect(200)["access_token"]
            let them = Caller(system, token: token)
            #expect(try await them.get("/v1/me").expect(200)["person", "id"] == "\(kept)")
            try await eventually("the token of before is refused") { try await life.member.raw.get("/v1/me").status == 401 }
            try await eventually("one inbox") { try await them.get("/v1/notifications?limit=100").data.count > 6 }
            try await gym.raw.get("/v1/members/\(duplicate)").expect(404)
            #expect(try await them.get("/v1/people/\(kept)/photo").status == 200)
            let traces = Traces(system)
            let left = try await traces.of(["\(duplicate)"]).filter { !$0.hasPrefix("auth.") }
            let passing = ["outbox", "idempotency_keys", "audit_log", "merged_people"]
            #expect(left.filter { column in !passing.contains { column.contains(".\($0).") } } == [])

            // Late and once more.
            try await traces.hearAgain(life)
            let copies = ["scheduling", "workouts", "notifications"].map { "\($0).people.person_id" }
            #expect(try await traces.of(["\(duplicate)"]).filter { $0.hasSuffix(".member_id") || copies.contains($0) } == [])
            #expect(try await invoices(kept).flatMap(\.lines).count == 5)

            let request = try await gym.owner.call(ErasePerson(personID: kept))
            try await eventually("the end of the erasure") {
                try await gym.owner.call(GetErasureRequest(erasureRequestID: request.id)).finishedAt != nil
            }
            for service in PalestraSystem.services {
                let theirs = "from \(service).outbox where organization_id = '\(gym.organizationID)'"
                try await eventually("\(service) has said everything") {
                    try await system.servers.sql("select count(*) \(theirs) and published_at is null") == "0"
                }
                try await system.servers.sql("delete \(theirs)")
            }
            #expect(try await traces.of(life.words + [mark]) == [])
            #expect(Set(try await traces.of(["\(duplicate)", "\(kept)", life.account])).subtracting(Traces.ofIDs) == [])
            for service in PalestraSystem.services {
                let verified = try await system.instance(service).run(["audit", "verify"])
                #expect(verified.status == 0, "\(service): \(verified)")
            }
        }
    }

    @Test func whatIsBookedForTheDuplicateMeanwhileIsTheKeptPersons() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (type, trainer) = (try await gym.classType(), try await gym.trainer())
            let duplicate = try await gym.member("Ada Byron")
            let kept = try await gym.owner.call(CreateMember(), body: .init(fullName: "Ada Lovelace")).id
            var sessions: [SessionID] = []
            for hour in 0..<30 { sessions.append(try await gym.session(type, trainer: trainer, in: 24 + Double(hour)).id) }
            _ = try await gym.book(sessions[0], kept)
            _ = try await gym.book(sessions[0], duplicate.id)
            let all = sessions
            let (booked, merge) = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for part in 0..<3 {
                    tasks.addTask {
                        var made = 0
                        for index in 1..<all.count where index % 3 == part {
                            let path = "/v1/sessions/\(all[index])/bookings"
                            let answer = try await gym.raw.post(path, ["member_id": .string("\(duplicate.id)")])
                            if answer.status == 201 { made += 1 } else { try answer.expect(422) }
                        }
                        return made
                    }
                }
                let merge = try await gym.owner.call(MergePeople(personID: kept), body: .init(duplicateID: duplicate.id)).merge
                return (try await tasks.reduce(0, +), merge)
            }
            _ = try await finished(try #require(merge).id, gym)
            let bookings = try await gym.owner.call(ListBookings(memberID: kept, limit: 100)).data
            #expect(bookings.filter { $0.status == .confirmed }.count == booked + 1 && bookings.count == booked + 2)
            #expect(try await gym.owner.call(ListBookings(memberID: duplicate.id)).data.isEmpty)
            // What was said of them is on its way still.
            try await eventually("they were told of every booking") {
                let told = try await system.servers.sql(
                    """
                    select count(*) from notifications.notifications
                    where person_id = '\(kept)' and kind = 'booking.confirmed' and organization_id = '\(gym.organizationID)'
                    """)
                return told == "\(booked + 2)"
            }
            let strays = try await system.servers.sql(
                "select count(*) from notifications.notifications where person_id = '\(duplicate.id)'")
            #expect(strays == "0")
            let seen = try await system.servers.sql("select member_id, bookings from auth.booked_members where trainer_id = '\(trainer)'")
            try await eventually("the trainer's members are counted") {
                let rows = try await system.servers.sql(
                    "select member_id, bookings from auth.booked_members where trainer_id = '\(trainer)'")
                return rows == "\(kept)|\(booked + 1)"
            }
            #expect(!seen.contains("\(duplicate.id)"))
        }
    }

    private func finished(_ id: PersonMergeID, _ gym: Gym) async throws -> PersonMerge {
        try await arrival(of: "the end of the merge") {
            let merge = try await gym.owner.call(GetPersonMerge(mergeID: id))
            return merge.finishedAt == nil ? nil : merge
        }
    }
}
