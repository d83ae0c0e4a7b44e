import Foundation
import Testing

@testable import ContractKit

@Suite struct JSONWriterTests {
    private func text(_ value: some Encodable) throws -> String { String(decoding: try JSON.encode(value), as: UTF8.self) }

    @Test func `Members are named for the wire, a dictionary's keys stay`() throws {
        struct Shelf: Encodable {
            var bookIDs = [1, 2]
            var labels = ["topLeft": "a"]
            var photoURL = URL(string: "https://gym.example/a/b")
            var rest: Int?
        }
        #expect(try text(Shelf()) == #"{"book_ids":[1,2],"labels":{"topLeft":"a"},"photo_url":"https://gym.example/a/b"}"#)
    }

    @Test func `Nothing at all is an empty object, and null where a value must be`() throws {
        struct Nothing: Encodable {}
        #expect(try text(Nothing()) == "{}")
        #expect(try text([Nothing(), Nothing()]) == "[{},{}]")
        #expect(try text([Int]()) == "[]")
        #expect(try text([1, nil, 3]) == "[1,null,3]")
        #expect(try text(["a": Int?.none]) == #"{"a":null}"#)
    }

    @Test func `Texts are escaped`() throws {
        let hard = "\u{0}\u{1f}\u{8}\t\n\u{c}\r\"\\/é\u{7f}\u{2028}👩‍👩‍👧"
        #expect(try text(["a\"b": hard]) == #"{"a\"b":"\u0000\u001f\b\t\n\f\r\"\\/é"# + "\u{7f}\u{2028}👩‍👩‍👧\"}")
        #expect(try JSONDecoder().decode([String: String].self, from: JSON.encode(["k": hard])) == ["k": hard])
    }

    @Test(arguments: [(0.1, "0.1"), (2, "2"), (-0.0, "-0"), (1e22, "1e+22"), (1e-300, "1e-300"), (1e15, "1000000000000000")])
    func `Numbers keep their value`(number: Double, written: String) throws {
        #expect(try text([number]) == "[\(written)]")
        #expect(try JSONDecoder().decode([Double].self, from: JSON.encode([number])) == [number])
    }

    @Test func `Whole numbers of all sizes and signs`() throws {
        #expect(try text([0, 7, -7, 10, 100, .max, .min] as [Int64]) == "[0,7,-7,10,100,9223372036854775807,-9223372036854775808]")
        #expect(try text([UInt64.max]) == "[18446744073709551615]")
    }

    @Test func `A type that writes itself is asked to, alone and as an element`() throws {
        struct Shelf: Codable, JSONWritable {
            var name: String?
            var books: [Book]
            func write(to json: inout JSONBytes) {
                json.object {
                    $0.member("shelf_name", name)
                    $0.member("books", books)
                }
            }
        }
        struct Book: Codable, JSONWritable {
            var pages: Int?
            func write(to json: inout JSONBytes) { json.object { $0.member("pages", pages) } }
        }
        #expect(try text(Shelf(name: nil, books: [])) == #"{"shelf_name":null,"books":[]}"#)
        let full = Shelf(name: "{[\"", books: [Book(pages: -12), Book(pages: nil)])
        #expect(try text(full) == #"{"shelf_name":"{[\"","books":[{"pages":-12},{"pages":null}]}"#)
    }

    @Test func `What is no number in JSON is refused`() {
        #expect(throws: EncodingError.self) { try JSON.encode([Double.nan]) }
        #expect(throws: EncodingError.self) { try JSON.encode([Float.infinity]) }
    }

    /// Ways of writing that `Encodable` allows and a compiler never chooses.
    @Test func `Containers inside containers end where the next member begins`() throws {
        struct Odd: Encodable {
            enum Keys: String, CodingKey { case first, inner, list, last }
            func encode(to encoder: any Encoder) throws {
                var members = encoder.container(keyedBy: Keys.self)
                try members.encode(1, forKey: .first)
                var inner = members.nestedContainer(keyedBy: Keys.self, forKey: .inner)
                try inner.encode("x", forKey: .first)
                var list = members.nestedUnkeyedContainer(forKey: .list)
                try list.encode(true)
                var deep = list.nestedContainer(keyedBy: Keys.self)
                try deep.encodeNil(forKey: .last)
                try list.encode(UInt8(7))
                // The same object, asked for once more, as a subclass does.
                var again = encoder.container(keyedBy: Keys.self)
                try again.encode(2.5, forKey: .last)
            }
        }
        #expect(try text([Odd()]) == #"[{"first":1,"inner":{"first":"x"},"list":[true,{"last":null},7],"last":2.5}]"#)
    }

    @Test func `Random documents read back as they were`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let value = Self.document(depth: 4, &random)
            #expect(try JSONDecoder().decode(JSONValue.self, from: JSON.encode(value)) == value)
        }
    }

    private static func document(depth: Int, _ random: inout SystemRandomNumberGenerator) -> JSONValue {
        func word() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0...0x2FF, using: &random))
                    }))
        }
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int.random(in: .min ... .max, using: &random))
        case 3: return .double(Double.random(in: -1...1, using: &random))
        case 4, 5: return .string(word())
        case 6: return .array((0..<3).map { _ in document(depth: depth - 1, &random) })
        default: return .object(Dictionary((0..<3).map { _ in (word(), document(depth: depth - 1, &random)) }) { _, last in last })
        }
    }
}

@Suite struct MomentTests {
    @Test func `Whole seconds are written as Foundation writes them`() {
        let whole = Date.ISO8601FormatStyle()
        for _ in 0..<20_000 {
            let date = Date(timeIntervalSince1970: Double(Int64.random(in: -2_208_988_800..<7_258_118_400)))
            #expect(Moment.text(date) == whole.format(date))
        }
    }

    /// Foundation's format cuts, and is a millisecond late for every other one.
    @Test func `Milliseconds read back as they were`() throws {
        for _ in 0..<20_000 {
            let milliseconds = Int64.random(in: -2_208_988_800_000..<7_258_118_400_000)
            let text = Moment.text(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
            let read = try #require(Moment.date(text))
            #expect(Int64((read.timeIntervalSince1970 * 1000).rounded()) == milliseconds)
        }
    }

    @Test(arguments: [
        (-0.001, "1969-12-31T23:59:59.999Z"), (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_399.9996, "2100-03-01T00:00:00Z"),
        (-2_208_988_800, "1900-01-01T00:00:00Z"), (Double.infinity, "2199-12-31T23:59:59.999Z"), (Double.nan, "1970-01-01T00:00:00Z"),
    ])
    func `Edges`(seconds: Double, written: String) { #expect(Moment.text(Date(timeIntervalSince1970: seconds)) == written) }

    @Test func `A UUID's lower case is Foundation's`() {
        for _ in 0..<1000 {
            let id = UUID()
            #expect(id.lowercaseText == id.uuidString.lowercased())
        }
    }
}
