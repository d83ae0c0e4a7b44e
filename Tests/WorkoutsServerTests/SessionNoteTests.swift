import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Logging
import Postgres
import TestSupport
import Testing
import WorkoutsContract

@testable import ServiceKit
@testable import WorkoutsServer

@Suite struct SessionNoteTests {
    private static let whole = PutSessionNote.Body(
        sessionDate: .held, subjective: "Slept badly", objective: "Left knee caves in", assessment: "Weak hip", plan: "Band walks",
        exercises: [.init(name: "Goblet squat", sets: 3, reps: 8, weightKg: Kilograms(rawValue: 16.5), notes: "Slowly")],
        measurements: .init(
            weightKg: Kilograms(rawValue: 81.4), bodyFatPercent: BodyFat(rawValue: 18.5),
            measurements: [.init(name: "waist", centimetres: Centimetres(rawValue: 84.5)!)]),
        privateNotes: "Ask about the divorce")

    private func access(
        _ floor: Floor, _ trainer: PersonID, _ member: PersonID, _ kind: MemberAccessSaved.Kind, id: UUID = UUID.v7(),
        isActive: Bool = true, version: Int64 = 1
    ) -> MemberAccessSaved {
        MemberAccessSaved(
            organizationID: floor.id, accessID: .init(rawValue: id), kind: kind, memberID: member, trainerID: trainer, level: .read,
            isPrimary: false, isActive: isActive, version: version)
    }

    @Test("S1-67: a trainer writes a note on a session that they taught, and another one gets 404 until the member is theirs")
    func aTrainerWritesANote() async throws {
        try await withFloor { floor in
            let (ada, other, lead) = (PersonID(), PersonID(), PersonID())
            let workout = try await floor.workout(of: ada)
            let read = GetSessionNote(workoutID: workout.id)
            func status(of reader: PersonID) async throws -> Int? {
                let token = try await floor.token(reader, .trainer)
                let listed = try await floor.service.call(ListSessionNotes(memberID: ada), token: token).data.map(\.workoutID)
                let refused = try await refusal { try await floor.service.call(read, token: token) }
                #expect(listed == (refused == nil ? [workout.id] : []))
                return refused?.status
            }
            #expect(try await refusal { try await floor.service.call(read, token: floor.token(floor.trainer, .trainer)) }?.status == 404)
            let note = try await floor.note(workout, Self.whole)
            #expect(note.sessionID == workout.sessionID && note.trainerID == floor.trainer && note.memberID == ada)
            #expect(note.sessionDate == .held && note.version == 1 && note.createdAt == note.updatedAt)
            #expect(try await status(of: floor.trainer) == nil)

            #expect(try await refusal { try await floor.note(workout, Self.whole, by: other) }?.status == 404)
            #expect(try await status(of: other) == 404)
            let spell = UUID.v7()
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, other, ada, .assigned, id: spell))
            #expect(try await status(of: other) == nil)
            // Who reads it does not write it, and whoever leads the team reads no more than others.
            #expect(try await refusal { try await floor.note(workout, Self.whole, by: other) }?.status == 404)
            try await floor.service.hear(
                OnPersonSaved(),
                PersonSaved(
                    organizationID: floor.id, personID: other, roles: [.trainer], isActive: true, fullName: .example, parentTrainerID: lead,
                    version: 1))
            #expect(try await status(of: lead) == 404)
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, lead, ada, .granted))
            #expect(try await status(of: lead) == nil)
            let over = access(floor, other, ada, .assigned, id: spell, isActive: false, version: 2)
            try await floor.service.hear(OnMemberAccessSaved(), over)
            #expect(try await status(of: other) == 404)

            // Nobody taught what members do alone.
            let alone = try await floor.service.call(StartWorkout(), body: .init(), token: floor.token(ada))
            #expect(try await refusal { try await floor.note(alone, Self.whole) }?.status == 404)
        }
    }

    @Test("S1-68, S1-69: what stands in a note reads back, is ciphertext in the database, and bad lists are refused")
    func whatStandsInANoteIsSealed() async throws {
        try await withFloor { floor in
            let ada = PersonID()
            let workout = try await floor.workout(of: ada)
            let written = try await floor.note(workout, Self.whole)
            let trainer = try await floor.token(floor.trainer, .trainer)
            let read = try await floor.service.call(GetSessionNote(workoutID: workout.id), token: trainer)
            #expect(read == written)
            #expect(read.subjective == "Slept badly" && read.objective == "Left knee caves in")
            #expect(read.assessment == "Weak hip" && read.plan == "Band walks" && read.privateNotes == "Ask about the divorce")
            #expect(read.exercises == Self.whole.exercises && read.measurements == Self.whole.measurements)

            let stored = try await floor.stored.sql(
                """
                select encode(subjective || objective || assessment || plan || exercises || measurements || private_notes, 'escape')
                from workouts.session_notes
                """)
            let words = ["Slept", "knee", "hip", "Band", "Goblet", "Slowly", "16.5", "81.4", "waist", "divorce"]
            #expect(words.filter { stored.contains($0) } == [])

            let path = "/v1/workouts/\(workout.id)/note"
            for (body, pointer) in [
                (#"{"session_date":"\#(LocalDay.held)","exercises":[{"name":"Squat","sets":"three","reps":8}]}"#, "#/exercises/0/sets"),
                (#"{"session_date":"\#(LocalDay.held)","exercises":[{"sets":3,"reps":8}]}"#, "#/exercises/0/name"),
                (#"{"session_date":"\#(LocalDay.held)","measurements":{"body_fat_percent":101}}"#, "#/measurements/body_fat_percent"),
                (#"{"session_date":"2031-01-01"}"#, "#/session_date"),
            ] {
                let answer = try await floor.service.request("PUT", path, token: trainer, json: body)
                #expect(answer.status == 422, "\(body)")
                #expect(try answer.problem.errors?.map(\.pointer) == [pointer])
            }
            let squat = NotedExercise(name: "Squat", sets: 1, reps: 1)
            let many = PutSessionNote.Body(sessionDate: .held, exercises: Array(repeating: squat, count: 51))
            #expect(try await refusal { try await floor.note(workout, many) }?.errors?.map(\.pointer) == ["#/exercises"])
        }
    }

    @Test("S1-71: a member's answer has no private notes at all, and the trainer's has them")
    func privateNotesStayWithTrainers() async throws {
        try await withFloor { floor in
            let ada = PersonID()
            let workout = try await floor.workout(of: ada)
            _ = try await floor.note(workout, Self.whole)
            for path in ["/v1/workouts/\(workout.id)/note", "/v1/session-notes", "/v1/session-notes?member_id=\(ada)"] {
                let members = try await floor.service.request("GET", path, token: floor.token(ada))
                #expect(members.status == 200 && members.text.contains("Slept badly") && !members.text.contains("private_notes"), "\(path)")
                let trainers = try await floor.service.request("GET", path, token: floor.token(floor.trainer, .trainer))
                #expect(trainers.text.contains(#""private_notes":"Ask about the divorce""#), "\(path)")
            }
            // Another member, and whoever runs the place.
            let path = "/v1/workouts/\(workout.id)/note"
            #expect(try await floor.service.request("GET", path, token: floor.token(PersonID())).status == 404)
            #expect(try await floor.service.request("GET", path, token: floor.staff).status == 403)
            let others = try await floor.service.call(ListSessionNotes(memberID: ada), token: floor.token(PersonID()))
            #expect(others.data.isEmpty)
        }
    }

    @Test func aNoteIsWrittenAnewAsAWhole() async throws {
        try await withFloor { floor in
            let workout = try await floor.workout(of: PersonID())
            let first = try await floor.note(workout, Self.whole)
            let second = try await floor.note(workout, .init(sessionDate: .held, plan: "Rest"), ifMatch: "\"v1\"")
            #expect(second.id == first.id && second.version == 2 && second.createdAt == first.createdAt)
            #expect(second.updatedAt > first.updatedAt && second.plan == "Rest" && second.subjective == nil && second.exercises == [])
            #expect(try await refusal { try await floor.note(workout, Self.whole, ifMatch: "\"v1\"") }?.status == 412)
            let trainer = try await floor.token(floor.trainer, .trainer)
            #expect(try await floor.service.call(GetSessionNote(workoutID: workout.id), token: trainer) == second)
        }
    }

    @Test("S1-73: a member's latest notes are read along their index, without a sort") func latestNotesAreReadByIndex() async throws {
        try await withFloor { floor in
            let ada = PersonID()
            var written: [SessionNoteID] = []
            for _ in 0..<3 { written.append(try await floor.note(try await floor.workout(of: ada), Self.whole).id) }
            let trainer = try await floor.token(floor.trainer, .trainer)
            let first = try await floor.service.call(ListSessionNotes(memberID: ada, limit: 2), token: trainer)
            let cursor = try #require(first.nextCursor.flatMap { Cursor(rawValue: $0) })
            let rest = try await floor.service.call(ListSessionNotes(memberID: ada, limit: 2, cursor: cursor), token: trainer)
            #expect((first.data + rest.data).map(\.id) == written.reversed() && rest.nextCursor == nil)

            // A year of a big organization.
            try await floor.stored.sql(
                """
                set session_replication_role = replica;
                insert into workouts.session_notes (organization_id, note_id, workout_id, session_id, trainer_id, member_id, session_date)
                select '\(floor.id)', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
                    lpad(to_hex(n % 500), 32, '0')::uuid, date '2025-01-01' + n % 365 from generate_series(1, 20000) n;
                analyze workouts.session_notes;
                """)
            let plan = try await floor.service.database.transaction(as: Tenant(floor.id, person: ada, isNarrowed: true), readOnly: true) {
                tx in
                try await tx.query(
                    """
                    EXPLAIN SELECT * FROM session_notes AS n
                    JOIN person_keys AS k ON k.organization_id = n.organization_id AND k.person_id = n.member_id
                    WHERE n.organization_id = \(floor.id) AND n.member_id = \(ada)
                    ORDER BY n.session_date DESC, n.note_id DESC
                    LIMIT 21
                    """, as: String.self)
            }.joined(separator: "\n")
            #expect(plan.contains("session_notes_of_a_member") && !plan.contains("Sort"), "\(plan)")
        }
    }

    @Test("S3-60: narrowed, the database shows no others' notes, whatever a statement forgets")
    func thePolicyHidesOthersNotes() async throws {
        try await withFloor { floor in
            let (ada, ben, tina) = (PersonID(), PersonID(), PersonID())
            let notes = [
                try await floor.note(try await floor.workout(of: ada), Self.whole),
                try await floor.note(try await floor.workout(of: ben), Self.whole),
            ].map(\.id)
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, tina, ben, .assigned))
            func seen(by person: PersonID) async throws -> Set<SessionNoteID> {
                try await floor.service.database.transaction(as: Tenant(floor.id, person: person, isNarrowed: true), readOnly: true) { tx in
                    Set(try await tx.query("SELECT note_id FROM session_notes", as: SessionNoteID.self))
                }
            }
            #expect(try await seen(by: ada) == [notes[0]])
            #expect(try await seen(by: tina) == [notes[1]])
            #expect(try await seen(by: floor.trainer) == Set(notes))
            #expect(try await seen(by: PersonID()) == [])
        }
    }

    @Test("S1-96: every look at a note adds a row, and a refused one none") func looksAtNotesAreLogged() async throws {
        try await withFloor { floor in
            let ada = PersonID()
            let workout = try await floor.workout(of: ada)
            let note = try await floor.note(workout, Self.whole)
            let seen = """
                select count(*) from workouts.audit_log
                where action = 'read' and record_type = 'health_data' and record_id = '\(ada)'
                """
            let before = try #require(Int(try await floor.stored.sql(seen)))
            let trainer = try await floor.token(floor.trainer, .trainer)
            try await floor.service.call(GetSessionNote(workoutID: workout.id), token: trainer)
            #expect(try await floor.service.call(ListSessionNotes(memberID: ada), token: trainer).data.map(\.id) == [note.id])
            #expect(try await floor.stored.sql(seen) == "\(before + 2)")
            let stranger = try await floor.token(PersonID(), .trainer)
            #expect(try await floor.service.request("GET", "/v1/workouts/\(workout.id)/note", token: stranger).status == 404)
            #expect(try await floor.stored.sql(seen) == "\(before + 2)")
        }
    }

    @Test("S3-57: erasing a member destroys the key of their notes; erasing the trainer leaves the notes without them")
    func erasureTakesNotes() async throws {
        try await withFloor { floor in
            let (ada, ben) = (PersonID(), PersonID())
            let (adas, bens) = (try await floor.workout(of: ada), try await floor.workout(of: ben))
            _ = try await floor.note(adas, Self.whole)
            let kept = try await floor.note(bens, Self.whole)
            let rest = "select count(*), (select count(*) from workouts.person_keys) from workouts.session_notes"
            try await floor.service.hear(
                OnErasureRequested(),
                ErasureRequested(organizationID: floor.id, erasureRequestID: ErasureRequestID(), personID: ada))
            #expect(try await floor.stored.sql(rest) == "1|1")
            #expect(try await refusal { try await floor.note(adas, Self.whole) }?.status == 404)

            try await floor.service.hear(
                OnErasureRequested(),
                ErasureRequested(organizationID: floor.id, erasureRequestID: ErasureRequestID(), personID: floor.trainer))
            let read = try await floor.service.call(GetSessionNote(workoutID: bens.id), token: floor.token(ben))
            #expect(read.plan == kept.plan && read.trainerID != floor.trainer)
            #expect(try await refusal { try await floor.note(bens, Self.whole) }?.status == 404)
        }
    }

    @Test func anOlderMasterKeyMayGoAfterTheJob() async throws {
        try await withDatabase(.workouts) { stored in
            let (old, new) = (("m1", Data(repeating: 1, count: 32)), ("m2", Data(repeating: 2, count: 32)))
            let database = stored.open()
            let (organization, ada) = (OrganizationID(), PersonID())
            let sealed = try await database.transaction(as: Tenant(organization)) { tx in
                try await PersonKeys(try KeyRing(keys: [old]), service: "workouts").obtain(organization, ada, in: tx)
                    .seal("Knee", context: "test")
            }
            let runner = JobRunner(
                service: "workouts", jobs: [.oldMasterKeys(try KeyRing(keys: [new, old]))], database: database, logger: .init(label: "jobs")
            )
            _ = try await runner.runWhatIsDue()
            let key = try await database.transaction(as: Tenant(organization)) { tx in
                try await PersonKeys(try KeyRing(keys: [new]), service: "workouts").find(organization, ada, in: tx)
            }
            #expect(try key?.open(sealed, context: "test") == "Knee")
        }
    }
}
