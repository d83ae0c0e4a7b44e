import Foundation
public import Logging
import Messaging

/// W3C trace context of a request: taken from `traceparent`, or begun here. It travels on as ``TraceContext``.
struct Trace: Sendable {
    let traceID: String
    let spanID: String
    let flags: String

    init(continuing field: String?) {
        let parts = field?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        if parts.count == 4, parts[0] == "00", Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2) {
            (traceID, flags) = (String(parts[1]), String(parts[3]))
        } else {
            (traceID, flags) = (Self.random() + Self.random(), "01")
        }
        spanID = Self.random()
    }

    var traceparent: String { "00-\(traceID)-\(spanID)-\(flags)" }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
            && (count == 2 || text.contains { $0 != "0" })
    }

    /// 16 hexadecimal digits, never all zero.
    private static func random() -> String {
        let text = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

/// The id of the request that is being handled.
enum RequestID {
    @TaskLocal static var current: String?
}

extension Logger.MetadataProvider {
    /// Puts the ids of the request or event that is being worked on onto every line that is logged meanwhile, whoever logs it.
    public static let ofCurrentWork = Logger.MetadataProvider {
        var metadata: Logger.Metadata = [:]
        if let id = RequestID.current { metadata["request_id"] = "\(id)" }
        if let parts = TraceContext.traceparent?.split(separator: "-"), parts.count == 4 { metadata["trace_id"] = "\(parts[1])" }
        return metadata
    }
}
