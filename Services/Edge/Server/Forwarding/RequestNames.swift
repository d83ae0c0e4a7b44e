/// The name of a request, by which its client, the logs and every service know it.
enum RequestID {
    /// A client may name its request, in letters that can neither break nor forge a log line.
    static func text(_ given: String?, _ random: inout FastRandom) -> String {
        if let given, (1...64).contains(given.utf8.count), given.utf8.allSatisfy(isPlain) { return given }
        return Hex.text(random.next(), random.next())
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}

/// W3C trace context: the trace goes on, each hop is a span of its own.
struct TraceContext {
    let text: String
    let traceID: Substring

    /// - Parameter given: the client's field, if there is just one.
    init(_ given: String?, _ random: inout FastRandom) {
        if let given, let trace = Self.trace(given) {
            text = "00-\(trace)-\(Hex.text(max(1, random.next())))-\(given.suffix(2))"
        } else {
            let words = (random.next(), max(1, random.next()), max(1, random.next()))
            text = String(unsafeUninitializedCapacity: 55) { buffer in
                let form: StaticString = "00-________________________________-________________-01"
                for index in 0..<55 { buffer[index] = form.utf8Start[index] }
                Hex.write(words.0, to: buffer, at: 3)
                Hex.write(words.1, to: buffer, at: 19)
                Hex.write(words.2, to: buffer, at: 36)
                return 55
            }
        }
        traceID = text.dropFirst(3).prefix(32)
    }

    private static func trace(_ text: String) -> Substring? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts.map(\.utf8.count) == [2, 32, 16, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy(Hex.isDigit) }), !parts[1].allSatisfy({ $0 == "0" }), !parts[2].allSatisfy({ $0 == "0" })
        else { return nil }
        return parts[1]
    }
}

/// Random numbers for names that must differ and need not be secret: a word costs a nanosecond, where the system's generator
/// costs a system call. This is xoshiro256**; its 256 bits of state keep the sequences of all event loops apart.
struct FastRandom: RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init() {
        var system = SystemRandomNumberGenerator()
        // Zero in every word is the one state that it never leaves.
        state = (system.next() | 1, system.next(), system.next(), system.next())
    }

    mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, 45)
        return result
    }

    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
}

enum Hex {
    /// 16 digits.
    static func text(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            write(word, to: buffer, at: 0)
            return 16
        }
    }

    /// 32 digits.
    static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            write(high, to: buffer, at: 0)
            write(low, to: buffer, at: 16)
            return 32
        }
    }

    static func write(_ word: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for digit in 0..<16 { buffer[start + digit] = Self.digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * digit)) & 15) }
    }

    static func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
