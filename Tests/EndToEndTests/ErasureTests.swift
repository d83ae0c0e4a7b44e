import AuthContract
import BillingContract
import Client
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import SystemSupport

/// Erasing a person, over every service.
@Suite struct ErasureTests {
    @Test("S2-51, S3-57, row 147: of somebody who was erased nothing is left but what the report lists, and no event brings them back")
    func nothingIsLeftButWhatTheReportLists() async throws {
        try await withSystem { system in
            let life = try await Life.lived(on: system)
            let (gym, member) = (life.gym, life.member)
            let traces = Traces(system)
            #expect(try await traces.of(life.words).contains("auth.member_profiles.metadata"), "the search works")
            #expect(try await traces.of(["\(member.id)", life.account]).count > 30, "the search works")
            let payments = "select count(*), sum(amount) from billing.payments where organization_id = '\(gym.organizationID)'"
            let paid = try await system.servers.sql(payments)

            let request = try await gym.owner.call(ErasePerson(personID: member.id))
            let done = try await finished(request.id, gym)
            // Gone from wherever they could come in or be found.
            try await eventually("their token is refused") { try await member.raw.get("/v1/me").status == 401 }
            try await Caller(system).post("/v1/auth/login", ["email": .string(member.email), "password": .string(Gym.password)]).expect(401)
            for path in ["members/\(member.id)", "people/\(member.id)", "members/\(member.id)/profile"] {
                try await gym.raw.get("/v1/\(path)").expect(404)
            }
            // Their place went to whoever waited for it.
            let next = try await gym.owner.call(ListSessionBookings(sessionID: life.coming)).data.filter { $0.status == .confirmed }
            #expect(next.map(\.memberID) == [life.other.id])
            // What the law keeps is whole, and leads to nobody.
            let invoice = try await gym.owner.call(GetInvoice(invoiceID: life.invoice))
            #expect(invoice.status == .paid && invoice.memberID.isPseudonym && invoice.lines.count == 1)
            #expect(try await gym.owner.call(ListInvoices(memberID: member.id)).data.isEmpty)
            #expect(try await system.servers.sql(payments) == paid)
            #expect(try await gym.owner.call(ListWorkouts(memberID: member.id)).data.isEmpty)

            // What is heard late or once more changes nothing.
            try await traces.hearAgain(life)
            try await anHourLater(gym)
            let left = try await traces.of(life.words)
            #expect(left == [], "what was said of them is nowhere")
            let ids = try await traces.of(["\(member.id)", life.account])
            #expect(Set(ids).subtracting(Traces.ofIDs) == [])
            #expect(Set(ids).contains("auth.erasure_requests.person_id"))
            // The report says of each of them why.
            for part in done.services {
                #expect(part.erasedAt != nil && !part.deeds.isEmpty, "\(part.service)")
                for deed in part.deeds where deed.outcome == .pseudonymized || deed.outcome == .kept {
                    #expect(deed.reason?.isEmpty == false, "\(part.service).\(deed.table)")
                }
            }
            func deeds(_ service: ErasingService) -> [String: Int] {
                let part = done.services.first { $0.service == service }
                return Dictionary(part?.deeds.map { ("\($0.outcome.rawValue) \($0.table)", $0.rows) } ?? []) { $0 + $1 }
            }
            #expect(deeds(.workouts)["deleted sets"] == 1 && deeds(.workouts)["deleted workouts"] == 2)
            #expect(deeds(.billing)["pseudonymized invoices"] == 1 && deeds(.billing)["deleted invoices"] == 1)
            #expect(deeds(.scheduling)["pseudonymized bookings"] == 3 && deeds(.scheduling)["deleted people"] == 1)
            for table in ["person_keys", "member_health", "accounts", "own_profiles", "person_photos", "files"] {
                #expect(deeds(.auth)["deleted \(table)"] == 1, "\(table)")
            }
            #expect((deeds(.notifications)["deleted notifications"] ?? 0) > 2)
            // What was sealed for them, in a backup say, has no key any more.
            #expect(life.wrappedKey.count > 60)
            #expect(try await !system.servers.dump().contains(life.wrappedKey))
            // And the log is still the log.
            for service in PalestraSystem.services {
                let verified = try await system.instance(service).run(["audit", "verify"])
                #expect(verified.status == 0, "\(service): \(verified)")
            }
            // Nobody else lost anything.
            #expect(try await gym.owner.call(GetMember(memberID: life.other.id)).id == life.other.id)
            #expect(try await life.other.raw.get("/v1/notifications").expect(200).data.count > 0)
        }
    }

    @Test("S3-57: a request waits for a service that is away, or dies in the midst of it, and has thousands of rows to delete")
    func aRequestWaitsForEveryService() async throws {
        let system = try await PalestraSystem.start()
        do {
            try await explained(system) { system in
                let life = try await Life.lived(on: system)
                let (gym, id) = (life.gym, life.member.id)
                try await system.servers.sql(
                    """
                    insert into notifications.notifications
                        (organization_id, notification_id, person_id, event_id, kind, title, body, created_at)
                    select '\(gym.organizationID)', gen_random_uuid(), '\(id)', gen_random_uuid(), 'booking.confirmed', 'Booked', 'Spin', now()
                    from generate_series(1, 5000)
                    """)
                try await system.kill("billing")
                // The workouts service is stopped by a lock in the midst of its part, and killed there.
                async let locked: String = system.servers.sql(
                    "begin; lock table workouts.member_access in share mode; select pg_sleep(60); commit")
                try await eventually("the table is locked") {
                    try await system.servers.sql(
                        """
                        select count(*) from pg_locks
                        where relation = 'workouts.member_access'::regclass and mode = 'ShareLock' and granted
                        """) == "1"
                }
                let request = try await gym.owner.call(ErasePerson(personID: id))
                try await eventually("workouts is in the midst of it") {
                    try await system.servers.sql(
                        """
                        select count(*) from pg_stat_activity
                        where usename = 'workouts' and wait_event_type = 'Lock' and query ~ 'member_access'
                        """) != "0"
                }
                try await system.kill("workouts")
                try await system.servers.sql(
                    "select pg_cancel_backend(pid) from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()")
                _ = try? await locked
                let sets = try await system.servers.sql(
                    """
                    select count(*) from workouts.sets join workouts.workouts using (organization_id, workout_id)
                    where member_id = '\(id)'
                    """)
                #expect(sets == "1", "half of it is nothing of it")

                func open() async throws -> [ErasingService] {
                    let request = try await gym.owner.call(GetErasureRequest(erasureRequestID: request.id))
                    return request.services.filter { $0.erasedAt == nil }.map(\.service)
                }
                try await eventually("the others have answered") { try await open() == [.workouts, .billing] }
                #expect(try await gym.owner.call(GetErasureRequest(erasureRequestID: request.id)).finishedAt == nil)
                try system.start("workouts")
                try system.start("billing")
                let done = try await finished(request.id, gym)
                let told = done.services.first { $0.service == .notifications }?.deeds.first { $0.table == "notifications" }
                #expect((told?.rows ?? 0) >= 5000)
                try await anHourLater(gym)
                #expect(try await Traces(system).of(life.words) == [])
                #expect(Set(try await Traces(system).of(["\(id)", life.account])).subtracting(Traces.ofIDs) == [])
            }
        } catch {
            await system.end()
            throw error
        }
        await system.end()
    }

    @Test(
        "Row 147: of forty who are erased while they are booked and their sessions are held nothing is left, and nobody else loses anything"
    )
    func fortyAreErasedUnderLoad() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let mark = newMark()
            let (trainer, type) = (try await gym.trainer(), try await gym.classType())
            let held = try await gym.session(type, trainer: trainer, in: 2, capacity: 60).id
            var coming: [SessionID] = []
            for hour in 1...5 { coming.append(try await gym.session(type, trainer: trainer, in: 24 + Double(hour), capacity: 12).id) }
            func people(_ count: Int, _ name: String) async throws -> [PersonID] {
                try await all(0..<count) { number in
                    let email = EmailAddress(rawValue: "\(name)-\(number)@\(gym.slug).example".lowercased())!
                    return try await gym.owner.call(CreateMember(), body: .init(fullName: Line(rawValue: name)!, email: email)).id
                }
            }
            let (leaving, staying) = (try await people(40, "Quixote\(mark)"), try await people(8, "Stays"))
            let sessions = [held] + coming
            // The first session is held while all this goes on; some are booked for it in time, others are not.
            let refusals: Set<Int> = [404, 409, 422]
            let requests = try await withThrowingTaskGroup(of: [ErasureRequestID].self) { tasks in
                for session in sessions {
                    tasks.addTask {
                        for member in leaving.shuffled() {
                            do { _ = try await gym.book(session, member) } catch let refused as Problem {
                                guard refusals.contains(refused.status) else { throw refused }
                            }
                        }
                        return []
                    }
                }
                tasks.addTask {
                    for session in sessions { for member in staying { _ = try await gym.book(session, member) } }
                    _ = try await gym.owner.call(CompleteSession(sessionID: held), body: .init())
                    return []
                }
                tasks.addTask { try await all(leaving) { try await gym.owner.call(ErasePerson(personID: $0)).id } }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            for request in requests { _ = try await finished(request, gym) }
            try await anHourLater(gym)

            let traces = Traces(system)
            #expect(try await traces.of(["stays-0"]) == [], "addresses are sealed")
            #expect(try await traces.of([mark]) == [])
            let ids = try await traces.of(leaving.map { "\($0)" })
            #expect(Set(ids).subtracting(Traces.ofIDs) == [])
            // Whoever stays has their places, and none is lost or given twice.
            for id in coming {
                let live = try await system.servers.sql(
                    """
                    select member_id, status from scheduling.bookings
                    where session_id = '\(id)' and status in ('confirmed', 'waitlisted')
                    """
                ).split(separator: "\n").map(String.init)
                #expect(Set(live) == Set(staying.map { "\($0)|confirmed" }))
                let session = try await gym.owner.call(GetSession(sessionID: id))
                #expect(session.booked == staying.count && session.waitlisted == 0)
            }
            try await eventually("whoever stays has been billed for what they came to") {
                try await system.servers.sql(
                    """
                    select count(*), count(distinct member_id), sum(amount) from billing.invoice_lines
                    where member_id = any ('{\(staying.map { "\($0)" }.joined(separator: ","))}')
                    """) == "8|8|40000"
            }
            for service in PalestraSystem.services {
                let verified = try await system.instance(service).run(["audit", "verify"])
                #expect(verified.status == 0, "\(service): \(verified)")
            }
        }
    }

    /// Eight at a time, in any order.
    private func all<Element: Sendable, Result: Sendable>(
        _ elements: some Collection<Element> & Sendable, _ work: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { tasks in
            var (results, rest) = ([Result](), elements.makeIterator())
            for _ in 0..<8 { if let next = rest.next() { tasks.addTask { try await work(next) } } }
            while let result = try await tasks.next() {
                results.append(result)
                if let next = rest.next() { tasks.addTask { try await work(next) } }
            }
            return results
        }
    }

    private func finished(_ id: ErasureRequestID, _ gym: Gym) async throws -> ErasureRequest {
        try await arrival(of: "the end of the erasure") {
            let request = try await gym.owner.call(GetErasureRequest(erasureRequestID: id))
            return request.finishedAt == nil ? nil : request
        }
    }

    /// Events that were said are kept for an hour.
    private func anHourLater(_ gym: Gym) async throws {
        for service in PalestraSystem.services {
            let theirs = "from \(service).outbox where organization_id = '\(gym.organizationID)'"
            try await eventually("\(service) has said everything") {
                try await gym.system.servers.sql("select count(*) \(theirs) and published_at is null") == "0"
            }
            try await gym.system.servers.sql("delete \(theirs)")
        }
    }
}

/// Somebody who has done everything that leaves a trace.
struct Life: Sendable {
    var gym: Gym
    var member: Member
    var other: Member
    var trainer: PersonID
    /// What was said of them, and by them.
    var words: [String]
    var account: String
    /// Of their key, as the dump writes it.
    var wrappedKey: String
    var invoice: InvoiceID
    /// Where they have the only place.
    var coming: SessionID

    static func lived(on system: PalestraSystem) async throws -> Life {
        let gym = try await Gym.signUp(on: system)
        let mark = newMark()
        let member = try await gym.member(Line(rawValue: "Zebulon Quixote\(mark)")!)
        let digits = "+1416\(String(format: "%07d", Int.random(in: 1_000_000...9_999_999)))"
        _ = try await gym.owner.call(UpdateMember(memberID: member.id), body: .init(phone: PhoneNumber(rawValue: digits)!))
        try await member.raw.post(
            "/v1/members/\(member.id)/profile",
            [
                "training_phase": .string("phase-\(mark)"), "motivation": .string("motive-\(mark)"), "date_of_birth": "1981-11-23",
                "emergency_contact": ["full_name": .string("Contact \(mark)"), "phone": .string(digits)],
                "metadata": ["note": .string("metadata-\(mark)")],
            ], method: "PUT"
        ).expect(200)
        try await member.raw.post(
            "/v1/members/\(member.id)/health",
            [
                "special_situation": .string("situation-\(mark)"),
                "medical_info": ["conditions": [.string("diagnosis-\(mark)")], "medications": [], "allergies": []],
            ], method: "PUT"
        ).expect(200)
        try await member.raw.post(
            "/v1/me/profile", ["full_name": .string("Zebulon Quixote\(mark)"), "bio": .string("biography-\(mark)")], method: "PUT"
        ).expect(200)
        try await member.raw.post("/v1/auth/username", ["username": .string("zeb-\(mark)")], method: "PUT").expect(204)
        try await member.raw.send(
            "PUT", "/v1/people/\(member.id)/photo", headers: ["Content-Type": "image/png"], body: SampleFiles.png().bytes
        ).expect(200)

        let (trainer, type, other) = (try await gym.trainer(), try await gym.classType(), try await gym.member("Olaf Other"))
        let held = [try await gym.session(type, trainer: trainer), try await gym.session(type, trainer: trainer, in: 30)]
        let coming = try await gym.session(type, trainer: trainer, in: 48, capacity: 1)
        for session in held + [coming] { _ = try await gym.book(session.id, member.id) }
        _ = try await gym.book(coming.id, other.id)
        _ = try await gym.owner.call(CompleteSession(sessionID: held[0].id), body: .init())
        let draft = try await arrival(of: "the invoice") { try await gym.owner.call(ListInvoices(memberID: member.id)).data.first }
        let sent = try await gym.owner.call(SendInvoice(invoiceID: draft.id))
        _ = try await gym.owner.call(RecordPayment(invoiceID: sent.id), body: .init(amount: sent.total, method: .cash))
        // A second month, of which nothing was sent yet.
        _ = try await gym.owner.call(CompleteSession(sessionID: held[1].id), body: .init())
        let workout = try await arrival(of: "two workouts") {
            let found = try await gym.owner.call(ListWorkouts(memberID: member.id)).data
            return found.count == 2 ? found.first : nil
        }
        let exercise = try await gym.owner.call(
            CreateExercise(),
            body: .init(name: "Secret Press", level: .beginner, type: .strength, primaryMuscles: ["chest"], instructions: ["Press."]))
        _ = try await gym.owner.call(
            LogSet(workoutID: workout.id), body: .init(exerciseID: exercise.id, reps: 8, weightKg: Kilograms(rawValue: 60)))
        _ = try await gym.owner.call(CompleteWorkout(workoutID: workout.id))
        try await eventually("they were told") { try await member.raw.get("/v1/notifications").data.count > 4 }
        try await eventually("a draft was made") { try await gym.owner.call(ListInvoices(memberID: member.id)).data.count == 2 }
        let row = try await system.servers.sql(
            """
            select account_id, encode(wrapped, 'hex') from auth.people join auth.person_keys using (organization_id, person_id)
            where person_id = '\(member.id)'
            """
        ).split(separator: "|").map(String.init)
        return Life(
            gym: gym, member: member, other: other, trainer: trainer,
            words: [mark, member.email, digits], account: row[0], wrappedKey: row[1], invoice: sent.id,
            coming: coming.id)
    }
}
