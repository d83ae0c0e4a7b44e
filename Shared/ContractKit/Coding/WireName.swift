import Foundation

/// Property names as they stand on the wire and in the database: `sessionID` is `session_id`.
///
/// A test walks every declared type and checks that each of its names survives the way there and back.
public enum WireName {
    /// Words that Swift writes in capitals when they do not come first.
    private static let acronyms: [Substring: String] = ["id": "ID", "ids": "IDs", "url": "URL"]

    public static func snake(_ name: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count + 4)
        appendSnake(name, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Swift's names are ASCII: bytes will do, and this runs for every member that is ever written.
    static func appendSnake(_ name: String, to bytes: inout [UInt8]) {
        var name = name
        name.withUTF8 { utf8 in
            var previousIsLower = false
            for byte in utf8 {
                // Capitals in a row are one word: `memberIDs` is `member_ids`.
                if byte.isUppercase, previousIsLower { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte.isUppercase ? byte | 0x20 : byte)
                previousIsLower = !byte.isUppercase
            }
        }
    }

    /// Whether `wire` is ``snake(_:)`` of `name`, without writing it down.
    static func isSnake(_ wire: UnsafeBufferPointer<UInt8>, of name: String) -> Bool {
        var name = name
        return name.withUTF8 { utf8 in
            var (position, previousIsLower) = (0, false)
            for byte in utf8 {
                if byte.isUppercase, previousIsLower {
                    guard position < wire.count, wire[position] == UInt8(ascii: "_") else { return false }
                    position += 1
                }
                guard position < wire.count, wire[position] == (byte.isUppercase ? byte | 0x20 : byte) else { return false }
                position += 1
                previousIsLower = !byte.isUppercase
            }
            return position == wire.count
        }
    }

    public static func camel(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        let words = name.split(separator: "_", omittingEmptySubsequences: true)
        guard let first = words.first, words.count > 1 else { return name }
        return words.dropFirst().reduce(into: String(first)) { result, word in
            result += acronyms[word] ?? word.prefix(1).uppercased() + word.dropFirst()
        }
    }
}

extension UInt8 {
    fileprivate var isUppercase: Bool { (65...90).contains(self) }
}
