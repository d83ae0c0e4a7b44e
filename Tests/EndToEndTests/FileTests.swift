import AuthContract
import ContractKit
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import SystemSupport

/// Files, through the edge and the whole of the system.
@Suite struct FileTests {
    @Test func aFileOfSomeMegabytesGoesThroughTheEdgeAndBack() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let trainer = try await gym.trainer()
            let document = try await gym.raw.post(
                "/v1/trainers/\(trainer)/documents", ["kind": "certification", "title": "Strength coach"]
            ).expect(201)["id"]
            let path = "/v1/trainers/\(trainer)/documents/\(document)/file"
            let file = SampleFiles.pdf(String(repeating: "0123456789abcdef", count: 200_000))
            let headers = ["Content-Type": "application/pdf", "Idempotency-Key": UUID().uuidString]
            let uploaded = try await gym.raw.send("PUT", path, headers: headers, body: file.bytes).expect(200)
            #expect(uploaded.json["file"]?["size"] == .int(file.bytes.count))
            let again = try await gym.raw.send("PUT", path, headers: headers, body: file.bytes).expect(200)
            #expect(again.body == uploaded.body && again.headers["idempotent-replayed"] == "true")

            let answer = try await gym.raw.get(path).expect(200)
            #expect(answer.body == file.bytes && answer.headers["content-type"] == "application/pdf")
            #expect(answer.headers["content-disposition"] == #"attachment; filename="file.pdf""#)
            #expect(answer.headers["x-content-type-options"] == "nosniff" && answer.headers["cache-control"] == "private, no-store")
            let head = try await gym.raw.send("HEAD", path)
            #expect(head.status == 200 && head.body.isEmpty)

            // More than this installation takes, and more than any does: the edge does not wait for that.
            let large = SampleFiles.pdf(String(repeating: "x", count: 11 << 20))
            try await gym.raw.send("PUT", path, headers: ["Content-Type": "application/pdf"], body: large.bytes)
                .expect(413, "content-too-large")
            let client = try await RawClient(system.edgePort)
            defer { client.close() }
            client.send(
                """
                PUT \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(gym.tokens.accessToken)\r\nContent-Type: application/pdf\r\n\
                Content-Length: \(FileContent.longest + 1)\r\n\r\n
                """)
            try await TestSupport.eventually { client.answers == 1 }
            #expect(client.text.hasPrefix("HTTP/1.1 413 "))
            #expect(try await gym.raw.get(path).expect(200).body == file.bytes)
        }
    }
}
