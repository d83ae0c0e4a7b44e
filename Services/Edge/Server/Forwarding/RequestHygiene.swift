import ContractKit
import NIOHTTP1

/// How a request's body is delimited.
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}

/// What a request's head must be like before anything else is read out of it. The decoder has refused bad grammar, too many
/// and too long fields; this refuses what two readers could take for two different requests.
enum RequestHygiene {
    static func framing(_ version: HTTPVersion, _ fields: RequestFields) throws(Refusal) -> BodyFraming {
        guard version == .http1_1 || version == .http1_0 else { throw bad("only HTTP/1.1 is spoken here") }
        guard !fields.repeated.contains(.host), fields.host != nil || version == .http1_0 else { throw bad("one Host field is needed") }
        if let host = fields.host, !isHost(host) { throw bad("the Host field is not valid") }
        guard !fields.repeated.contains(.authorization) else { throw bad("more than one Authorization field") }

        let isAmbiguous = !fields.repeated.isDisjoint(with: [.contentLength, .transferEncoding])
        if let coding = fields.transferEncoding {
            guard !isAmbiguous, fields.contentLength == nil, coding.lowercased() == "chunked", version == .http1_1 else {
                throw bad("the body's length is ambiguous")
            }
            return .chunked
        }
        guard let text = fields.contentLength else { return .none }
        guard !isAmbiguous, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
            throw bad("the body's length is ambiguous")
        }
        return length == 0 ? .none : .length(length)
    }

    /// Nobody is told when a body is only sent on encouragement that this server does not know.
    static func expectsContinue(_ headers: HTTPHeaders) throws(Refusal) -> Bool {
        let values = headers[canonicalForm: "expect"]
        guard !values.isEmpty else { return false }
        guard values.count == 1, values[0].lowercased() == "100-continue" else { throw Refusal(.expectationFailed) }
        return true
    }

    private static func bad(_ detail: String) -> Refusal { Refusal(.badRequest, detail, closes: true) }

    private static func isHost(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.count <= 255
            && value.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ".-_:[]".utf8.contains(byte)
                }
            }
    }
}
