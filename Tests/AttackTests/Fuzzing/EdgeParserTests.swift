import ContractKit
import Crypto
import Foundation
import NIOCore
import Testing

@testable import EdgeServer

/// What the edge reads of bytes from outside, fed with what is nearly right.
@Suite struct EdgeParserTests {
    private static let key = Curve25519.Signing.PrivateKey()
    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    private static let jwks = #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"\#(encoded(key.publicKey.rawRepresentation))"}]}"#
    private static let token: String = {
        let ids = #""sub":"\#(PersonID())","sid":"\#(LoginSessionID())","org":"\#(OrganizationID())""#
        let claims = #"{"iss":"palestra","aud":"palestra",\#(ids),"exp":4102444800}"#
        let content = encoded(Data(#"{"alg":"EdDSA","typ":"at+jwt","kid":"k1"}"#.utf8)) + "." + encoded(Data(claims.utf8))
        return content + "." + encoded((try? key.signature(for: Data(content.utf8))) ?? Data())
    }()
    private static let answers = [
        "HTTP/1.1 201 Created\r\nETag: \"7\"\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n, you all.\r\n0\r\nT: u\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nConnection: close, x\r\nETag: x\r\n\r\n",
    ]

    private static func read(_ bytes: [UInt8], pieces: Int) -> String? {
        var (reader, rest, seen) = (AnswerReader(), ByteBuffer(bytes: bytes), "")
        reader.begin()
        do {
            while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
                reader.take(piece)
                while let part = try reader.next() {
                    switch part {
                    case .head(let head):
                        var fields: [UInt8] = []
                        _ = head.write(to: &fields)
                        seen += "\(head.status) \(head.isKept) \(String(decoding: fields, as: UTF8.self))"
                    case .body(let bytes): seen += String(buffer: bytes)
                    case .end: return seen + "."
                    }
                }
            }
        } catch { return nil }
        return nil
    }

    static let parsers: [Fuzzed] = [
        Fuzzed("answer", answers) { bytes in read(bytes, pieces: .max) != nil },
        Fuzzed("request target", ["/v1/sessions/0192?from=a%20b&q=%C3%A9", "/v1/members"]) { bytes in
            (try? RequestTarget(String(decoding: bytes, as: UTF8.self))) != nil
        },
        Fuzzed("token keys", [jwks]) { (try? TokenVerifier(jwks: Data($0))) != nil },
        Fuzzed("base64", [String(token.split(separator: ".")[1])]) { Base64URL.decode($0) != nil },
    ]

    @Test(arguments: parsers) func `What is nearly right is taken or refused, and nothing else`(_ parser: Fuzzed) { parser.run() }

    @Test func `An answer that is nearly right is the same however it arrives`() {
        var mutator = Mutator(Self.answers.map { Array($0.utf8) }, seed: 4)
        for _ in 0..<1500 {
            let bytes = mutator.next()
            guard bytes.count < 4000, let whole = Self.read(bytes, pieces: .max) else { continue }
            #expect(Self.read(bytes, pieces: 1) == whole, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test func `An access token that is nearly right is refused`() throws {
        let verifier = try TokenVerifier(jwks: Data(Self.jwks.utf8))
        _ = try verifier.verify(Self.token, now: Date())
        var mutator = Mutator([Array(Self.token.utf8)], seed: 4)
        for _ in 0..<1500 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if text != Self.token { #expect(throws: TokenRefusal.self, "\(text)") { try verifier.verify(text, now: Date()) } }
        }
    }

    @Test(arguments: parsers) func `Time grows with the input and no faster`(_ parser: Fuzzed) {
        for piece in ["a", "/", "%61", "/a", "?", "&a=b", "é", "{", "\"", "\r\n", "A: b\r\n", "1\r\na\r\n"] { parser.grows(piece) }
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
        parser.grows("A: b\r\n", head: head, tail: "\r\n0\r\n\r\n")
        parser.grows("1\r\na\r\n", head: head + "\r\n", tail: "0\r\n\r\n")
        parser.grows("T: u\r\n", head: head + "\r\n0\r\n", tail: "\r\n")
        parser.grows("x, ", head: head + "Connection: ", tail: "\r\n\r\n0\r\n\r\n")
        parser.grows("HTTP/1.1 100 Continue\r\n\r\n", tail: Self.answers[0])
        parser.grows("a/", head: "/")
        parser.grows("%C3%A9", head: "/v1/x?q=")
    }

    /// Read by a function that called itself for each line, they took the stack along.
    @Test func `Trailers without number are read`() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "T: u\r\n", count: 300_000) + "\r\n"
        #expect(Self.read(Array(text.utf8), pieces: .max)?.hasSuffix(".") == true)
        #expect(Self.read(Array(text.utf8), pieces: 65_536)?.hasSuffix(".") == true)
    }
}
