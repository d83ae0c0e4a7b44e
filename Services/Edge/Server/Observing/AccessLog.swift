import ContractKit
import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// One line a request, as one event loop writes them. The path without its query: queries hold search words, and now and then a
/// token put there by mistake.
///
/// A line costs its bytes and nothing else: lines gather here and go out many at once, after a quarter of a second at the latest.
/// They look as all other lines of the process do (`JSONLogHandler`), but are not put together from dictionaries.
final class AccessLog {
    private static let room = 64 << 10
    private static let patience = TimeAmount.milliseconds(250)
    private let writer: AccessLogWriter
    private let eventLoop: any EventLoop
    private var lines: [UInt8] = []
    private var count = 0
    private var isDue = false
    private var second = (number: Int.min, text: "")

    init(_ writer: AccessLogWriter, on eventLoop: any EventLoop) {
        (self.writer, self.eventLoop) = (writer, eventLoop)
    }

    /// Of an exchange that is over. `cut`: its answer was broken off.
    func write(_ exchange: Exchange, status: Int, time: TimeAmount, cut: Bool) {
        guard writer.isOn else { return }
        if lines.capacity == 0 { lines.reserveCapacity(Self.room + (4 << 10)) }
        append(to: &lines, exchange, status: status, time: time, cut: cut, Date())
        count += 1
        if lines.count >= Self.room { return flush() }
        guard !isDue else { return }
        isDue = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.isDue = false
            self.flush()
        }
    }

    /// Hands over what has gathered.
    func flush() {
        guard count > 0 else { return }
        writer.write(lines, count)
        (lines, count) = ([], 0)
    }

    /// Members in the order of their names, as in all lines.
    private func append(to lines: inout [UInt8], _ exchange: Exchange, status: Int, time: TimeAmount, cut: Bool, _ now: Date) {
        let hundredths = max(0, Int(time.nanoseconds / 10_000))
        lines.add("{\"address\":\"")
        lines.add(text: exchange.client.address)
        lines.add("\",\"answer_bytes\":\"")
        lines.add(number: exchange.sent)
        if cut { lines.add("\",\"cut\":\"true") }
        lines.add("\",\"level\":\"info\",\"logger\":\"")
        lines.add(text: writer.label)
        lines.add("\",\"message\":\"request\",\"method\":\"")
        lines.addJSON(exchange.head.method.rawValue)
        lines.add("\",\"ms\":\"")
        lines.add(number: hundredths / 100)
        lines.add(hundredths % 100 < 10 ? ".0" : ".")
        lines.add(number: hundredths % 100)
        if let operation = exchange.operation {
            lines.add("\",\"operation\":\"")
            lines.add(text: operation.name)
        }
        lines.add("\",\"path\":\"")
        lines.addJSON(Self.path(exchange.head.uri))
        if let caller = exchange.caller {
            lines.add("\",\"person_id\":\"")
            lines.add(text: caller.personText)
        }
        lines.add(text: writer.replica)
        lines.add("\",\"request_bytes\":\"")
        lines.add(number: exchange.received)
        lines.add("\",\"request_id\":\"")
        lines.add(text: exchange.requestID)
        if let operation = exchange.operation {
            lines.add("\",\"service\":\"")
            lines.add(text: operation.service)
        }
        lines.add("\",\"status\":\"")
        lines.add(number: status)
        lines.add("\",\"time\":\"")
        let milliseconds = Int(now.timeIntervalSince1970 * 1000)
        lines.add(text: text(ofSecond: milliseconds / 1000))
        lines.add(milliseconds % 1000 < 10 ? ".00" : milliseconds % 1000 < 100 ? ".0" : ".")
        lines.add(number: milliseconds % 1000)
        lines.add("Z\",\"trace_id\":\"")
        lines.add(text: exchange.trace.traceID)
        lines.add("\"}\n")
    }

    private func text(ofSecond number: Int) -> String {
        if number != second.number { second = (number, String(Moment.text(Date(timeIntervalSince1970: Double(number))).dropLast())) }
        return second.text
    }

    private static func path(_ uri: String) -> String {
        let path = uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(uri[..<$0]) } ?? uri
        return path.utf8.count <= 512 ? path : String(path.prefix(512))
    }
}

extension [UInt8] {
    /// The inside of a JSON string.
    fileprivate mutating func addJSON(_ text: String) {
        func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0x7F }
        if text.utf8.allSatisfy(isPlain) { return add(text: text) }
        for byte in text.utf8 {
            if isPlain(byte) {
                append(byte)
            } else {
                add("\\u00")
                append(Hex.digit(byte >> 4))
                append(Hex.digit(byte & 15))
            }
        }
    }
}
