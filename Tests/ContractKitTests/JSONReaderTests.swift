import Foundation
import Testing

@testable import ContractKit

@Suite struct JSONReaderTests {
    private struct Row: Codable, Equatable {
        var sessionID: UUID
        var memberIDs: [UUID]
        var photoURL: URL?
        var labels: [String: Int]
        var seats: Int64
        var weight: Double
        var isOpen: Bool
        @Nullable var startsAt: Date?
        var children: [Row]
    }

    private func row(_ source: inout some RandomNumberGenerator, depth: Int = 0) -> Row {
        func any<Value>(_ values: Value...) -> Value { values.randomElement(using: &source)! }
        return Row(
            sessionID: UUID(), memberIDs: (0..<Int.random(in: 0...3, using: &source)).map { _ in UUID() },
            photoURL: any(nil, URL(string: "https://palestra.example/a%20b?c=d")), labels: any([:], ["a_b": 1, "aB": -2, "é\"\\\n😀": 3]),
            seats: any(0, -1, Int64.max, Int64.min, 999_999_999_999_999_999, 1_000_000_000_000_000_000),
            weight: any(0, -0.5, 1e300, .leastNonzeroMagnitude, 12.25), isOpen: any(true, false),
            startsAt: any(nil, Date(timeIntervalSince1970: 1_772_359_200.25)),
            children: depth == 3 ? [] : (0..<Int.random(in: 0...2, using: &source)).map { _ in row(&source, depth: depth + 1) })
    }

    @Test func `What is written reads back, whatever the order of its members`() throws {
        var source = Seeded(seed: 4)
        for _ in 0..<200 {
            let row = row(&source)
            #expect(try JSON.decode(Row.self, from: JSON.encode(row)) == row)
            #expect(try JSON.decode(Row.self, from: JSON.encodeSorted(row)) == row)
        }
    }

    /// Good documents with some bytes changed: taken or refused as Foundation does, and read as the same.
    @Test func `Foundation reads the same`() throws {
        var source = Seeded(seed: 5)
        let pieces =
            Array(#"{}[]":,\/bfnrtu0123456789abcdefDE+-. truefalsn"#.utf8) + [0x00, 0x0A, 0x1F, 0x7F, 0x80, 0xC3, 0xA9, 0xED, 0xF0, 0xFF]
        var taken = 0
        for _ in 0..<3000 {
            var bytes = [UInt8](try JSON.encode(row(&source, depth: 3)))
            for _ in 0..<Int.random(in: 0...2, using: &source) {
                let index = Int.random(in: bytes.indices, using: &source)
                switch Int.random(in: 0...2, using: &source) {
                case 0: bytes[index] = pieces.randomElement(using: &source)!
                case 1: bytes.insert(pieces.randomElement(using: &source)!, at: index)
                default: bytes.remove(at: index)
                }
            }
            let data = Data(bytes)
            let (ours, theirs) = (try? JSON.decode(JSONValue.self, from: data), try? JSONDecoder().decode(JSONValue.self, from: data))
            // Foundation rounds what is nearly whole: 99.999999999999999 is 100 to it, and a fraction to us.
            #expect(ours.map(rounded) == theirs.map(rounded), "\(String(decoding: bytes, as: UTF8.self))")
            taken += ours == nil ? 0 : 1
        }
        #expect((500...2500).contains(taken))
    }

    private func rounded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .int(let number): .double(Double(number))
        case .array(let elements): .array(elements.map(rounded))
        case .object(let members): .object(members.mapValues(rounded))
        default: value
        }
    }

    @Test(arguments: ["1.0", "10e-1", "1E0", "1e+0", "0.1e1", "100.00e-2", "0.00000000000000000001e20"])
    func `A whole number may be written as a fraction`(text: String) throws {
        #expect(try JSON.decode([Int].self, from: Data("[\(text)]".utf8)) == [1])
    }

    @Test(arguments: [
        "9223372036854775808", "1e19", "1.5", "9007199254740993.0", "-9223372036854775809", "1e-400", "1e-99999999999999999999",
        "4.99999999999999999999", "-1.00000000000000000001", "1e99999999999999999999", "15e-1",
    ])
    func `A number that is no whole one is not rounded`(text: String) {
        #expect(throws: DecodingError.self) { try JSON.decode([Int].self, from: Data("[\(text)]".utf8)) }
    }

    @Test(arguments: ["0.0", "-0", "0e-99999999999999999999", "0.000e99", "-0.0E+5"]) func `Nothing is whole`(text: String) throws {
        #expect(try JSON.decode([Int].self, from: Data("[\(text)]".utf8)) == [0])
    }

    @Test func `What lies too deep is refused, and nothing overflows`() throws {
        let deep = { (levels: Int) in Data((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8) }
        _ = try JSON.decode(JSONValue.self, from: deep(512))
        for levels in [514, 100_000] {
            #expect(throws: JSON.Malformed.self) { try JSON.decode(JSONValue.self, from: deep(levels)) }
        }
    }

    @Test func `Names are read as the wire has them, and as other people's collections do`() throws {
        struct Named: Decodable { var memberIDs: [Int] }
        for name in ["member_ids", "memberIDs"] {
            #expect(try JSON.decode(Named.self, from: Data(#"{"\#(name)":[1]}"#.utf8)).memberIDs == [1])
        }
        #expect(throws: DecodingError.self) { try JSON.decode(Named.self, from: Data(#"{"memberIds":[1]}"#.utf8)) }
    }

    @Test func `Names may be written with escapes`() throws {
        struct Named: Decodable { var sessionID: Int }
        #expect(try JSON.decode(Named.self, from: Data(#"{"other":{"session_id":2},"session\u005fid":1}"#.utf8)).sessionID == 1)
    }

    @Test(arguments: [#"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"[{"b":{"a":1,"c":[],"a":null}}]"#, Self.many + #","m7":0}"#])
    func `A name that comes twice is refused`(text: String) throws {
        #expect(throws: JSON.Malformed.self) { try JSON.decode(JSONValue.self, from: Data(text.utf8)) }
    }

    private static let many = "{" + (0..<40).map { "\"m\($0)\":\($0)" }.joined(separator: ",")

    @Test func `A hundred thousand members take no more than their time`() throws {
        let members = (0..<100_000).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        struct Last: Decodable { var m99999: Int, m0: Int, absent: Int? }
        let last = try JSON.decode(Last.self, from: Data("{\(members)}".utf8))
        #expect(last.m99999 == 99_999 && last.m0 == 0 && last.absent == nil)
        #expect(try JSON.decode([String: Int].self, from: Data("{\(members)}".utf8)).count == 100_000)
    }

    @Test func `An error names the place`() throws {
        let refused = #expect(throws: DecodingError.self) {
            try JSON.decode([String: [[Int]]].self, from: Data(#"{"a":[],"b":[[1],[2,"x"]]}"#.utf8))
        }
        #expect(refused.map { Problem($0).errors?.map(\.pointer) } == ["#/b/1/1"])
    }

    @Test(arguments: [
        "", "0", "01927c3e-7f2a-7c11-9d3e-2b1a4f5c6d7", "01927c3e-7f2a-7c11-9d3e-2b1a4f5c6d7g", "01927c3e 7f2a-7c11-9d3e-2b1a4f5c6d7e",
    ])
    func `What is no UUID is refused`(text: String) {
        #expect(UUID(canonical: text) == nil)
    }

    @Test func `Each of many errors names its place`() throws {
        func places(_ text: String) throws -> [String] {
            try JSON.decode([[Checked<Int>]].self, from: Data(text.utf8)).joined().compactMap {
                if case .invalid(let error) = $0 { error.pointer } else { nil }
            }
        }
        #expect(try places(#"[["a",0,{"b":[1,2]}],[],[0],[[1],["c"],3]]"#) == ["#/0/0", "#/0/2", "#/3/0", "#/3/1"])
        let many = try places("[[" + String(repeating: "[0],", count: 5000) + "0]]")
        #expect(many.count == 5000 && many.last == "#/0/4999")
    }

    @Test func `A UUID is read in either case`() {
        let uuid = UUID()
        #expect(UUID(canonical: uuid.uuidString) == uuid && UUID(canonical: uuid.lowercaseText) == uuid)
    }
}

/// The same numbers each time (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
