import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct TrainerDocumentTests {
    private static func day(_ text: String) -> LocalDay { LocalDay(rawValue: text)! }

    @Test("S2-18: documents are uploaded, listed and downloaded by the trainer, owner and admin; others are refused")
    func documentsAreForTheTrainerAndThoseWhoRunThePlace() async throws {
        try await withPapers { papers in
            let tom = try await papers.gym.trainer("Tom")
            var documents: [TrainerDocument] = []
            for (kind, token) in zip(TrainerDocumentKind.allCases, [papers.tina.token, papers.gym.owner, papers.admin, papers.tina.token]) {
                let made = try await papers.add(kind, number: "AB 123456", by: token)
                #expect(made.kind == kind && made.file == nil && made.verification == Verification(.pending) && made.version == 1)
                let file = kind == .identity ? SampleFiles.jpeg() : kind == .insurance ? SampleFiles.png() : SampleFiles.pdf("\(kind)")
                let uploaded = try await papers.upload(file, to: made, by: token)
                #expect(uploaded.file?.type == file.type && uploaded.file?.size == file.bytes.count && uploaded.version == 2)
                documents.insert(uploaded, at: 0)
                for reader in [papers.tina.token, papers.gym.owner, papers.admin] {
                    #expect(try await papers.download(made, by: reader) == file)
                    #expect(try await papers.list(by: reader) == documents)
                }
            }

            let member = try await papers.auth.addMember(
                "Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: papers.gym.owner)
            let hers = try await papers.auth.login("mia@example.com").accessToken
            let elsewhere = try await Staff(papers.auth, slug: "steel-temple")
            let document = documents[0]
            for (token, status) in [(tom.token, 403), (hers, 403), (elsewhere.owner, 404)] {
                #expect(try await problem { try await papers.list(by: token) }?.status == status)
                #expect(try await problem { try await papers.download(document, by: token) }?.status == status)
                #expect(try await problem { try await papers.upload(to: document, by: token) }?.status == status)
                #expect(try await problem { try await papers.add(by: token) }?.status == status)
                #expect(try await problem { try await papers.settle(document, by: token) }?.status == status)
                let changed = try await papers.auth.request("PATCH", papers.path(document, ""), token: token, json: #"{"title":"x"}"#)
                let deleted = try await papers.auth.request("DELETE", papers.path(document, ""), token: token)
                #expect(changed.status == status && deleted.status == status)
            }
            // Nothing of what was refused was stored, and nothing was changed.
            #expect(try papers.objects().count == 4)
            #expect(try await papers.list() == documents)
            // Of another trainer, of a member, and of nothing.
            for path in ["/v1/trainers/\(tom.id)/documents/\(document.id)", "/v1/trainers/\(member.id)/documents/\(document.id)"] {
                #expect(try await papers.auth.request("GET", "\(path)/file", token: papers.gym.owner).status == 404)
            }
            let unknown = try await problem { try await papers.auth.call(ListTrainerDocuments(trainerID: PersonID()), token: papers.admin) }
            #expect(unknown?.status == 404)
        }
    }

    @Test("S2-19: an admin or the owner verifies or rejects, nobody their own; what changes is pending again")
    func documentsAreVerifiedByThoseWhoRunThePlace() async throws {
        try await withPapers { papers in
            let made = try await papers.add(expiresOn: Self.day("2030-01-31"))
            #expect(try await problem { try await papers.settle(made) }?.isA(.documentWithoutFile) == true)
            let uploaded = try await papers.upload(to: made)
            #expect(try await problem { try await papers.settle(uploaded, by: papers.tina.token) }?.status == 403)
            #expect(try await problem { try await papers.settle(uploaded, .rejected) }?.errors?.map(\.pointer) == ["#/reason"])
            #expect(try await problem { try await papers.settle(uploaded, reason: "Fine") }?.errors?.map(\.pointer) == ["#/reason"])

            let verified = try await papers.settle(uploaded, by: papers.admin)
            #expect(verified.verification.state == .verified && verified.verification.by == papers.adminID)
            #expect(verified.verification.at != nil && verified.verification.reason == nil)
            let rejected = try await papers.settle(verified, .rejected, reason: "It cannot be read.")
            #expect(rejected.verification.state == .rejected && rejected.verification.reason == "It cannot be read.")
            #expect(try await papers.list() == [rejected])

            // Another file: pending again, and whoever looked at the old one verifies nothing.
            let second = try await papers.upload(SampleFiles.pdf("second"), to: made)
            #expect(second.verification == Verification(.pending))
            #expect(try await problem { try await papers.settle(rejected) }?.isA(.preconditionFailed) == true)
            let again = try await papers.settle(second)
            let update = UpdateTrainerDocument(trainerID: papers.tina.id, documentID: made.id)
            let renamed = try await papers.auth.call(update, body: .init(title: "Coach"), token: papers.tina.token)
            #expect(renamed.verification == again.verification)
            let later = try await papers.auth.call(update, body: .init(expiresOn: Self.day("2031-01-31")), token: papers.tina.token)
            #expect(later.verification == Verification(.pending) && later.expiresOn == Self.day("2031-01-31"))
            let backwards = try await problem {
                try await papers.auth.call(update, body: .init(issuedOn: Self.day("2032-01-01")), token: papers.tina.token)
            }
            #expect(backwards?.errors?.map(\.pointer) == ["#/expires_on"])

            // An admin who trains cannot say so of themselves.
            try await papers.auth.call(AddRole(personID: papers.tina.id, role: .admin), token: papers.gym.owner)
            let promoted = try await papers.auth.login("tina@example.com").accessToken
            #expect(try await problem { try await papers.settle(later, by: promoted) }?.status == 403)
            #expect(try await papers.settle(later, by: papers.admin).verification.state == .verified)
        }
    }

    @Test("S2-19: that a document runs out is said at 30 days, at 7 and afterwards, once each")
    func whatRunsOutIsSaidOnceEach() async throws {
        try await withPapers { papers in
            let zone = TimeZoneID(rawValue: "America/Toronto")!.timeZone
            func inDays(_ days: Int) -> LocalDay { LocalDay(Date().addingTimeInterval(Double(days) * 86_400), in: zone) }
            let document = try await papers.add(.insurance, expiresOn: inDays(29))
            let rejected = try await papers.upload(to: try await papers.add(expiresOn: inDays(3)))
            try await papers.settle(rejected, .rejected, reason: "No.")
            _ = try await papers.add(expiresOn: inDays(40))
            _ = try await papers.add()
            func warned() async throws -> [TrainerDocumentExpiring] {
                for _ in 0..<2 { try await papers.again(.expiringTrainerDocuments) }
                return try await papers.database.said(TrainerDocumentExpiring.self)
            }
            let first = try await warned()
            #expect(first.map(\.documentID) == [document.id] && first[0].expiresOn == inDays(29) && !first[0].hasExpired)
            #expect(first[0].trainerID == papers.tina.id && first[0].kind == .insurance && first[0].version == 1)
            let owner = try await papers.auth.call(GetMe(), token: papers.gym.owner).person.id
            #expect(Set(first[0].staffIDs) == [owner, papers.adminID])

            // As time goes by.
            for (day, count) in [(8, 1), (7, 2), (0, 2), (-1, 3)] {
                try await papers.database.sql(
                    "update auth.trainer_documents set expires_on = '\(inDays(day))' where document_id = '\(document.id)'")
                #expect(try await warned().count == count, "\(day) days before")
            }
            let all = try await warned()
            #expect(all.map(\.hasExpired) == [false, false, true] && all.map(\.version) == [1, 2, 3])

            // A new last day begins anew; whoever does not train any more is told nothing.
            let update = UpdateTrainerDocument(trainerID: papers.tina.id, documentID: document.id)
            try await papers.auth.call(update, body: .init(expiresOn: inDays(5)), token: papers.tina.token)
            #expect(try await warned().count == 4)
            try await papers.auth.call(DeleteTrainer(trainerID: papers.tina.id), token: papers.gym.owner)
            try await papers.database.sql(
                "update auth.trainer_documents set expires_on = '\(inDays(-1))' where document_id = '\(document.id)'")
            #expect(try await warned().count == 4)
        }
    }

    @Test func whatStandsOnADocumentIsSealedAndWhoLooksAtAnIdentityIsWrittenDown() async throws {
        try await withPapers { papers in
            let passport = try await papers.upload(
                SampleFiles.pdf("Passport of Tina"), to: try await papers.add(.identity, number: "PASSPORT 4711"))
            let course = try await papers.upload(to: try await papers.add(.certification, number: "COURSE 4711"))
            try await papers.settle(passport, .rejected, reason: "Not her face")
            let stored = try await papers.database.sql(
                """
                select string_agg(encode(title || coalesce(issuer, '') || coalesce(number, '') || coalesce(reason, ''), 'escape'), ' ')
                from auth.trainer_documents
                """)
            let logged = try await papers.database.sql("select string_agg(coalesce(new_values::text, ''), ' ') from auth.audit_log")
            // Whole words: four digits alone stand in many an id.
            for text in ["PASSPORT", "COURSE", "Strength", "Board", "Not her face"] {
                let hex = Data(text.utf8).map { String($0, radix: 16) }.joined()
                #expect(!stored.contains(text) && !logged.contains(text) && !logged.contains(hex), "\(text)")
            }
            for object in try papers.objects() {
                let bytes = try Data(contentsOf: URL(filePath: object))
                #expect(bytes.range(of: Data("Passport".utf8)) == nil && bytes.range(of: Data("%PDF".utf8)) == nil)
            }

            let purpose = ["Access-Purpose": "operations"]
            for document in [passport, course] {
                let answer = try await papers.auth.request("GET", papers.path(document), token: papers.admin, headers: purpose)
                #expect(answer.status == 200)
            }
            #expect(
                try await papers.auth.request(
                    "GET", papers.path(passport), token: papers.admin, headers: ["Access-Purpose": "curiosity"]
                ).status == 422)
            let seen = try await papers.database.sql(
                """
                select by, record_id, new_values -> 'ids' ->> 0, purpose from auth.audit_log
                where action = 'read' and actor_id = '\(papers.adminID)'
                """)
            #expect(seen == "DownloadTrainerDocument|\(papers.tina.id)|\(passport.id)|operations")
            let changes = try await papers.database.sql(
                """
                select action, by from auth.audit_log where record_type = 'trainer_documents' and record_id = '\(passport.id)'
                order by seq
                """)
            #expect(changes == "create|CreateTrainerDocument\nupdate|UploadTrainerDocument\nupdate|VerifyTrainerDocument")
        }
    }
}
