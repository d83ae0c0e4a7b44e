import AuthContract
import ContractKit
import FileStore
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer
@testable import ServiceKit

/// How files come, lie and go, whoever's they are.
@Suite struct FileTests {
    @Test func aDownloadIsToBeSavedAndHoldsNothingButThePicture() async throws {
        try await withPapers { papers in
            let document = try await papers.add()
            for (sent, kept, name) in [
                (SampleFiles.jpeg(orientation: 1), SampleFiles.jpeg(), "file.jpg"),
                (SampleFiles.png(hasSecrets: true), SampleFiles.png(), "file.png"),
                (SampleFiles.pdf("x"), SampleFiles.pdf("x"), "file.pdf"),
            ] {
                try await papers.upload(sent, to: document)
                let answer = try await papers.auth.request("GET", papers.path(document), token: papers.tina.token)
                #expect(answer.status == 200 && answer.body == kept.bytes)
                #expect(answer.headers["content-type"] == sent.type.rawValue)
                #expect(answer.headers["content-disposition"] == #"attachment; filename="\#(name)""#)
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["cache-control"] == "private, no-store")
                #expect(answer.headers["content-length"] == "\(kept.bytes.count)")
            }
            // Each takes the place of the one before it.
            try await papers.tidy()
            #expect(try papers.objects().count == 1)
        }
    }

    @Test func whatAFileIsItsBytesSay() async throws {
        try await withPapers { papers in
            let document = try await papers.add()
            func send(_ type: String?, _ bytes: Data, _ more: [String: String] = [:]) async throws -> RawAnswer {
                let headers = (type.map { ["Content-Type": $0] } ?? [:]).merging(more) { $1 }
                return try await papers.auth.request("PUT", papers.path(document), token: papers.tina.token, headers: headers, body: bytes)
            }
            let pdf = SampleFiles.pdf().bytes
            for type in [nil, "application/json", "image/png", "text/html", "image/svg+xml", "application/pdf; x=y", "*/*"] {
                #expect(try await send(type, pdf).status == 415, "\(type ?? "")")
            }
            #expect(try await send("application/pdf", pdf, ["Content-Encoding": "gzip"]).status == 415)
            for text in ["", "<html>", "MZ\u{90}", #"{"a":1}"#] {
                #expect(try await send("application/pdf", Data(text.utf8)).problem.isA(.unsupportedMediaType), "\(text)")
            }
            let cut = SampleFiles.jpeg().bytes.dropLast(1)
            let refused = try await send("image/jpeg", Data(cut))
            #expect(refused.status == 422)
            #expect(try refused.problem.errors?.map(\.pointer) == ["#"])
            #expect(try papers.objects().isEmpty)
            #expect(try await papers.list().first?.file == nil)
            let missing = try await papers.auth.request("GET", papers.path(document), token: papers.tina.token)
            #expect(missing.status == 404)
            #expect(try await send("Application/PDF", pdf).status == 200)
        }
    }

    @Test func aFileIsAsLargeAsTheInstallationAllows() async throws {
        try await withPapers(settings: ["FILES_LIMIT": "5000"]) { papers in
            let document = try await papers.add()
            func file(_ count: Int) -> FileContent {
                let rest = count - SampleFiles.pdf().bytes.count
                return SampleFiles.pdf(String(repeating: "x", count: rest))
            }
            #expect(file(5000).bytes.count == 5000)
            #expect(try await papers.upload(file(5000), to: document).file?.size == 5000)
            #expect(try await problem { try await papers.upload(file(5001), to: document) }?.isA(.contentTooLarge) == true)
            // Of a body that does not say how long it is, no more is read.
            let client = try await RawClient(papers.auth.port)
            defer { client.close() }
            let head = """
                PUT \(papers.path(document)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(papers.tina.token)\r\n\
                Content-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n
                """
            client.send(head + "1388\r\n" + String(repeating: "x", count: 5000) + "\r\n1\r\nx\r\n")
            try await eventually { client.answers == 1 }
            #expect(client.text.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func aRepeatedUploadIsOneFile() async throws {
        try await withPapers { papers in
            let document = try await papers.add()
            let first = try await papers.upload(SampleFiles.pdf("one"), to: document, key: "upload-1")
            let second = try await papers.upload(SampleFiles.pdf("one"), to: document, key: "upload-1")
            #expect(first == second && first.version == 2)
            #expect(try papers.objects().count == 1)
            let other = try await problem { try await papers.upload(SampleFiles.pdf("two"), to: document, key: "upload-1") }
            #expect(other?.isA(.idempotencyMismatch) == true)
            // Twins: one is told to wait, or gets the other's answer.
            let answers = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await problem { try await papers.upload(SampleFiles.pdf("two"), to: document, key: "upload-2") }?.status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.contains(nil) && answers.allSatisfy { $0 == nil || $0 == 409 }, "\(answers)")
            #expect(try await papers.list().first?.version == 3)
            #expect(try await papers.database.sql("select count(*) from auth.files") == "1")
        }
    }

    @Test func anUploadThatIsCutOffLeavesNothingForLong() async throws {
        try await withPapers { papers in
            let document = try await papers.add()
            try await papers.database.refuseOneAnswer()
            let lost = try await problem { try await papers.upload(to: document, key: "upload-1") }
            #expect(lost?.status == 503)
            #expect(try await papers.list().first?.file == nil)
            #expect(try papers.objects().count == 1, "written, and nobody's")
            let made = try await papers.upload(to: document, key: "upload-1")
            #expect(try papers.objects().count == 2)

            // Not before its time: an upload may be under way.
            try await papers.tidy()
            #expect(try papers.objects().count == 2)
            try await papers.database.sql("update auth.loose_files set due_at = now()")
            try await papers.tidy()
            #expect(try papers.objects().count == 1)
            #expect(try await papers.database.sql("select count(*) from auth.loose_files") == "0")
            #expect(try await papers.download(made) == SampleFiles.pdf())
        }
    }

    @Test func aStoreThatIsAwayIsSaidAndNothingIsHalf() async throws {
        try await withPapers { papers in
            let document = try await papers.upload(SampleFiles.pdf("kept"), to: try await papers.add())
            // Whoever runs as root may write anywhere, but not into a file.
            let aside = papers.folder + ".aside"
            try FileManager.default.moveItem(atPath: papers.folder, toPath: aside)
            try Data().write(to: URL(filePath: papers.folder))
            let refused = try await papers.auth.request(
                "PUT", papers.path(document), token: papers.tina.token,
                headers: ["Content-Type": "application/pdf", "Idempotency-Key": "upload-1"], body: SampleFiles.pdf("new").bytes)
            #expect(refused.status == 503 && refused.headers["retry-after"] != nil)
            #expect(try refused.problem.isA(.unavailable) && !refused.text.contains(papers.folder))
            #expect(try await problem { try await papers.download(document) }?.isA(.unavailable) == true)
            #expect(try await papers.list() == [document], "what needs no file goes on")

            try FileManager.default.removeItem(atPath: papers.folder)
            try FileManager.default.moveItem(atPath: aside, toPath: papers.folder)
            #expect(try await papers.download(document) == SampleFiles.pdf("kept"))
            try await papers.upload(SampleFiles.pdf("new"), to: document, key: "upload-1")
            #expect(try await papers.download(document) == SampleFiles.pdf("new"))
        }
    }

    @Test func filesGoWithTheirRowsWhoeverDeletesThem() async throws {
        try await withPapers { papers in
            let documents = [try await papers.upload(to: papers.add()), try await papers.upload(to: papers.add(.identity))]
            try await papers.auth.call(
                DeleteTrainerDocument(trainerID: papers.tina.id, documentID: documents[0].id), token: papers.tina.token)
            #expect(try await papers.list() == [documents[1]])
            try await papers.tidy()
            #expect(try papers.objects().count == 1)

            let files = Files(try DiskFileStore(folder: papers.folder), keys: try papers.auth.keys.ring(), service: "auth")
            let (organization, person) = (papers.gym.organization, papers.tina.id)
            try await papers.auth.database.transaction(as: Tenant(organization)) { tx in
                try await files.deleteAll(of: person, organization, in: tx)
            }
            #expect(try await problem { try await papers.download(documents[1]) }?.status == 404)
            #expect(try await papers.list().first?.file == nil)
            try await papers.tidy()
            #expect(try papers.objects().isEmpty)

            // And with the whole person.
            _ = try await papers.upload(to: documents[1])
            try await papers.database.sql("delete from auth.people where person_id = '\(person)'")
            #expect(try await papers.database.sql("select count(*) from auth.files") == "0")
            try await papers.tidy()
            #expect(try papers.objects().isEmpty)
        }
    }

    @Test func withoutThePersonsKeyAFileIsNothing() async throws {
        try await withPapers { papers in
            let document = try await papers.upload(to: papers.add())
            let (first, second) = (try #require(papers.objects().first), try await papers.upload(SampleFiles.pdf("b"), to: papers.add()))
            let other = try #require(papers.objects().first { $0 != first })
            // Sealed for its own place: another's bytes do not open there.
            try FileManager.default.removeItem(atPath: first)
            try FileManager.default.copyItem(atPath: other, toPath: first)
            #expect(try await papers.auth.request("GET", papers.path(document), token: papers.tina.token).status == 500)
            #expect(try await papers.download(second) == SampleFiles.pdf("b"))
            try await papers.database.sql("delete from auth.person_keys where person_id = '\(papers.tina.id)'")
            #expect(try await papers.auth.request("GET", papers.path(second), token: papers.gym.owner).status == 404)
        }
    }

    @Test func noMoreIsHeldThanThereIsRoomFor() throws {
        let memory = FileMemory(limit: 100)
        var one: FileLease? = FileLease(memory)
        let other = FileLease(memory)
        try one?.take(60)
        try other.take(40)
        #expect(throws: Problem.self) { try other.take(1) }
        one = nil
        try other.take(60)
        #expect(throws: Problem.self) { try other.take(1) }
    }
}
