/// A statement without its values: where in the program its literals stand, from which its text is put together when the server
/// does not know it yet. Two shapes are equal when they are made of the same literals in the same order.
struct SQLShape: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case literal(Literal)
        case name(String)
        /// `$1`, `$2`, ...
        case value

        static func literal(_ text: StaticString) -> Piece {
            // A literal of one character may come without an address.
            text.hasPointerRepresentation
                ? .literal(Literal(address: UInt(bitPattern: text.utf8Start), count: text.utf8CodeUnitCount)) : .name(text.description)
        }
    }

    /// UTF-8 in the program's own memory, which stays where it is as long as the process lives.
    struct Literal: Sendable, Hashable {
        let address: UInt
        let count: Int
    }

    let pieces: [Piece]

    /// Literals differ by their addresses: two of them tell nearly every statement from every other.
    func hash(into hasher: inout Hasher) {
        hasher.combine(pieces.count)
        hasher.combine(pieces.first)
        hasher.combine(pieces.last)
    }

    var text: String {
        var (text, values) = ("", 0)
        for piece in pieces {
            switch piece {
            case .literal(let literal):
                let bytes = UnsafeBufferPointer(start: UnsafePointer<UInt8>(bitPattern: literal.address), count: literal.count)
                text += String(decoding: bytes, as: UTF8.self)
            case .name(let name): text += name
            case .value:
                values += 1
                text += "$\(values)"
            }
        }
        return text
    }
}
