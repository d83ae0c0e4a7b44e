import AuthContract
import Client
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing

@testable import SystemSupport

/// Whoever carries off the disks, a dump or the logs of an installation learns nobody's name, address or number.
@Suite struct PlaintextTests {
    @Test("S1-05: what is personal, a diagnosis among it, stands in no file of the database or the broker, in no log and in no dump")
    func nothingPersonalLiesOnAnyDisk() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let mark = newMark()
            let name = "Zebulon Quixote\(mark)"
            let email = "planted.\(mark)@\(gym.slug).example"
            let digits = "+1416\(String(format: "%07d", Int.random(in: 1_000_000...9_999_999)))"
            let person = try await gym.owner.call(
                CreateMember(),
                body: .init(
                    fullName: Line(rawValue: name)!, email: EmailAddress(rawValue: email)!, phone: PhoneNumber(rawValue: digits)!,
                    password: Password(rawValue: Gym.password)!))
            let diagnosis = "planted-diabetes-\(mark)"
            let medical: JSONValue = ["conditions": [.string(diagnosis)], "medications": [], "allergies": []]
            let signedIn = try await Caller(system).post("/v1/auth/login", ["email": .string(email), "password": .string(Gym.password)])
            let themselves = try Caller(system, token: signedIn.expect(200)["access_token"])
            try await themselves.post(
                "/v1/members/\(person.id)/health",
                ["special_situation": .string("mind the \(diagnosis)"), "medical_info": medical], method: "PUT"
            ).expect(200)
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer())
            _ = try await gym.book(session.id, person.id)
            _ = try await gym.owner.call(CompleteSession(sessionID: session.id), body: .init())
            _ = try await Caller(system).post(
                "/v1/auth/login", ["email": .string(email), "password": .string("planted-wrong-\(mark)")]
            ).expect(401)
            // A mail is the last thing that comes of it, and the only thing that says the name.
            try await eventually("a mail went out") { try !system.mail.messages(to: email).isEmpty }
            try await system.servers.sql("checkpoint")

            let secrets = [name, String(name.dropFirst(8)), email, digits, diagnosis, String(digits.dropFirst()), "planted-wrong-\(mark)"]
            let disks = [system.servers.postgres.directory, system.servers.rabbit.directory]
            for folder in disks {
                #expect(try await found([gym.organizationID.description, "\(person.id)"], in: folder), "the search works in \(folder)")
                for secret in secrets { #expect(try await !found([secret], in: folder), "\(secret) stands in \(folder)") }
            }
            let dump = try await system.servers.dump().lowercased()
            #expect(dump.contains("\(person.id)"), "the search works")
            let logs = system.logs(lines: .max).lowercased()
            #expect(logs.contains("/v1/members"), "the search works")
            for secret in secrets.map({ $0.lowercased() }) {
                #expect(!logs.contains(secret), "\(secret) stands in a log")
                // Bytes are dumped in hexadecimal.
                #expect(!dump.contains(secret) && !dump.contains(hexadecimal(secret)), "\(secret) stands in the dump")
            }
            #expect(!dump.contains(hexadecimal(name)) && !dump.contains(hexadecimal(email)) && !dump.contains(hexadecimal(diagnosis)))
        }
    }

    private func hexadecimal(_ text: String) -> String {
        text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Whether any file of a folder holds one of the texts, in whatever case.
    private func found(_ texts: [String], in folder: String) async throws -> Bool {
        let patterns = texts.flatMap { ["-e", $0] }
        let run = try await runProcess("/usr/bin/grep", ["-rqaiF"] + patterns + ["--", folder], environment: ["LC_ALL": "C"])
        // The servers go on meanwhile: of a file that they removed nothing is left to read.
        let faults = run.standardError.split(separator: "\n").filter { !$0.hasSuffix(": No such file or directory") }
        guard run.status < 2 || faults.isEmpty else { throw TestSupportError("grep ended with \(run.status): \(faults)") }
        return run.status == 0
    }
}
