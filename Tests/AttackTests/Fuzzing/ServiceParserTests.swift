import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Logging
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import AuthServer
@testable import ServiceKit

/// What services read of bytes from outside, fed with what is nearly right.
@Suite struct ServiceParserTests {
    private static let ring = try! KeyRing(keys: [("m1", Data(repeating: 7, count: 32))])
    private static let refreshToken = RefreshToken(OrganizationID(), LoginSessionID(), counter: 7, ring: ring).text
    private static let accountLink = AccountLinkToken(AccountID(), .resetPassword, ring: ring).text
    private static let event =
        (try? String(contentsOf: Repository.url("Tests/ContractTests/Golden/scheduling.session.completed.v1.json"), encoding: .utf8)) ?? ""
    private static let row =
        (try? SchemaRecorder.example(of: ExerciseRow.self, optionals: .filled)).flatMap { try? JSON.encode($0) } ?? Data()
    /// An attestation object with nothing in it but 37 bytes of the authenticator's.
    private static let passkey: [UInt8] =
        [0xa3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67] + Array("attStmt".utf8) + [0xa0, 0x68]
        + Array("authData".utf8) + [0x58, 37] + [UInt8](repeating: 0, count: 37)
    private static let signUp = Declared.all.first { $0.name == "CreateOrganization" }?.body?.encoded ?? ""

    static let parsers: [Fuzzed] = [
        Fuzzed("cursor", [Cursor("a", "b").rawValue, Cursor("\(UUID())", "1772359200000000").rawValue, "WyIxNzcyIiwiYSJd"]) { bytes in
            guard let cursor = Cursor(rawValue: String(decoding: bytes, as: UTF8.self)) else { return false }
            return !cursor.parts.isEmpty
        },
        Fuzzed("refresh token", [refreshToken]) { RefreshToken(String(decoding: $0, as: UTF8.self), ring: ring) != nil },
        Fuzzed("account link", [accountLink]) {
            AccountLinkToken(String(decoding: $0, as: UTF8.self), .resetPassword, ring: ring) != nil
        },
        Fuzzed("passkey", bytes: [passkey]) { bytes in
            guard case .map(let object)? = try? CBORReader.value(Data(bytes)) else { return false }
            return (object[.text("authData")]?.bytes).flatMap { try? AuthenticatorData($0) } != nil
        },
        Fuzzed("event", [event]) { bytes in
            (try? JSON.decode(EventHeader.self, from: Data(bytes))) != nil
                && (try? JSON.decode(EventEnvelope<SessionCompleted>.self, from: Data(bytes))) != nil
        },
        Fuzzed("JSON", [signUp, event, "[1,-2.5e3,\"\\u00e9\\ud83d\\ude00\",null,true,{\"a\":[]}]"]) { bytes in
            guard let value = try? JSON.decode(JSONValue.self, from: Data(bytes)) else { return false }
            // What was read can be written, and is read as the same.
            guard let written = try? JSON.encode(value) else { return true }
            return (try? JSON.decode(JSONValue.self, from: written)) == value
        },
        Fuzzed("body", [signUp]) { (try? JSON.decode(CreateOrganization.Body.self, from: Data($0))) != nil },
        Fuzzed("import", ["[" + String(decoding: row, as: UTF8.self) + "]"]) {
            (try? JSON.decode(ImportExercises.Body.self, from: Data($0))) != nil
        },
        Fuzzed("query", ["from=2026-01-01T00%3A00%3A00Z&limit=20&q=a+b%2Bc&cursor=x", "a=1&b=%C3%A9"]) { bytes in
            guard let values = try? Exchange.queryParameters(Substring(decoding: bytes, as: UTF8.self)) else { return false }
            _ = try? Parameters.decode(ListSessions.self, from: values)
            return !values.isEmpty
        },
        Fuzzed("trace", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            // Whatever came: what goes on is well-formed, and short.
            let trace = Trace(continuing: text).traceparent
            return trace.utf8.count == 55 && trace.contains(text.split(separator: "-").dropFirst().first.map(String.init) ?? "none")
        },
        Fuzzed("media type", ["application/json; charset=\"utf-8\"", "application/json"]) {
            MediaType.isJSON(String(decoding: $0, as: UTF8.self))
        },
        Fuzzed("moment", ["2026-03-01T10:00:00.250Z", "2026-03-01T05:00:00-05:00"]) { bytes in
            guard let date = Moment.date(String(decoding: bytes, as: UTF8.self)) else { return false }
            return Moment.date(Moment.text(date)) != nil
        },
        Fuzzed("day", ["2026-03-01"]) { LocalDay(rawValue: String(decoding: $0, as: UTF8.self)) != nil },
        Fuzzed("email", ["ada@example.com", "ünï@bücher.example"]) { bytes in
            guard let address = EmailAddress(rawValue: String(decoding: bytes, as: UTF8.self)) else { return false }
            return EmailAddress(rawValue: address.normalized) != nil || address.normalized.utf8.count > 254
        },
        Fuzzed("values", ["America/Toronto", "+1 (416) 555-0100", "iron-temple", "#12AB9F", "0.05", "Ada Lovelace"]) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return TimeZoneID(rawValue: text) != nil || PhoneNumber(rawValue: text) != nil || Slug(rawValue: text) != nil
                || HexColor(rawValue: text) != nil || TaxRate(rawValue: text) != nil || Line(rawValue: text) != nil
                || Paragraph(rawValue: text) != nil
        },
    ]

    @Test(arguments: parsers) func `What is nearly right is taken or refused, and nothing else`(_ parser: Fuzzed) { parser.run() }

    @Test func `An access token that is nearly right is refused`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let claims = AccessTokenClaims(
            personID: PersonID(), loginSessionID: LoginSessionID(), organizationID: OrganizationID(), roles: [.owner], issuedAt: Date())
        let good = try await keys.token(claims)
        #expect(await verifier.verify(good, now: Date()) != nil)
        var mutator = Mutator([Array(good.utf8)], seed: 4)
        for _ in 0..<1500 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if text != good { #expect(await verifier.verify(text, now: Date()) == nil, "\(text)") }
        }
    }

    @Test(arguments: parsers) func `Time grows with the input and no faster`(_ parser: Fuzzed) {
        for piece in [
            "[", "{\"a\":", "\"\\u0061", "[0],", "a", "é", "e\u{301}", "\u{301}", "🇨🇦", "👩‍", "%61", "a=1&", "&", ".", "-", "@", "a@", " ",
            "\\", "9", "/",
        ] {
            parser.grows(piece)
            parser.grows(piece, head: "[\"", tail: "\"]")
        }
        parser.grows("0,", head: "[", tail: "0]")
        parser.grows("\"aaaaaaa\",", head: "[", tail: "0]")
    }
}
