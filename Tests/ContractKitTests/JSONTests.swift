import ContractKit
import Foundation
import Testing

@Suite struct JSONTests {
    private let good = #"{"name":"Top","rating":3,"price":{"amount":500,"currency":"CAD"},"labels":["a","b"],"state":"open"}"#

    private func decode(_ text: String) throws -> SaveShelf.Body { try JSON.decode(SaveShelf.Body.self, from: Data(text.utf8)) }

    private func refusal(of text: String) -> Problem? {
        do {
            _ = try decode(text)
            return nil
        } catch let error as DecodingError {
            return Problem(error)
        } catch {
            return Problem(.malformedJSON)
        }
    }

    @Test func `What is written reads back`() throws {
        let body = try decode(good)
        #expect(body.rating == 3)
        #expect(try JSON.decode(SaveShelf.Body.self, from: JSON.encode(body)) == body)
    }

    @Test(arguments: ["", "{", "nonsense", #"{"name":}"#, "{\"name\":\"a\u{1}\"}", #"{"name":"Top",}"#, "\"\\ud8\"", "{\"a\":\"\\ud83d\""])
    func `Bytes that are no JSON are malformed`(text: String) {
        #expect(refusal(of: text)?.isA(.malformedJSON) == true)
    }

    @Test func `Bytes that are no UTF-8 are malformed`() {
        #expect(throws: JSON.Malformed.self) {
            try JSON.decode(SaveShelf.Body.self, from: Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]))
        }
    }

    @Test(arguments: [
        (#""Top""#, "7", "#/name"), (#""Top""#, "null", "#/name"), (#""Top""#, #""""#, "#/name"),
        (#""Top""#, #""a\u0000b""#, "#/name"), (#""Top""#, #""a\ud83d""#, "#/name"), (#""Top""#, #""\ude00""#, "#/name"),
        ("3", "11", "#/rating"), ("3", "0", "#/rating"), ("3", "2.5", "#/rating"), ("3", #""3""#, "#/rating"), ("3", "true", "#/rating"),
        ("3", "99999999999999999999", "#/rating"),
        ("500", "1e30", "#/price/amount"), ("500", "10000000000001", "#/price/amount"), ("500", "0.5", "#/price/amount"),
        (#""CAD""#, #""cad""#, "#/price/currency"), (#""open""#, #""ajar""#, "#/state"), (#"["a","b"]"#, #"["a",1]"#, "#/labels/1"),
        (#"["a","b"]"#, #"{"a":1}"#, "#/labels"),
    ])
    func `JSON of another shape names the field`(from: String, to: String, pointer: String) throws {
        let problem = try #require(refusal(of: good.replacing(from, with: to, maxReplacements: 1)))
        #expect(problem.status == 422)
        #expect(problem.errors?.map(\.pointer) == [pointer])
    }

    @Test func `A missing member is named where it should be`() throws {
        let problem = try #require(refusal(of: #"{"name":"Top","price":{"amount":1},"labels":[],"state":"open"}"#))
        #expect(problem.errors == [FieldError(pointer: "#/price/currency", detail: "is missing")])
    }

    @Test func `A document that is no object is refused as a whole`() throws {
        #expect(try #require(refusal(of: "[]")).errors?.map(\.pointer) == ["#"])
        #expect(try #require(refusal(of: "3")).status == 422)
    }

    @Test func `A whole surrogate pair is a character`() throws {
        #expect(try decode(good.replacing("Top", with: #"\ud83d\ude00"#)).name.rawValue == "😀")
    }

    @Test func `A refused word lists those that are not`() throws {
        let problem = try #require(refusal(of: good.replacing("\"open\"", with: "\"ajar\"")))
        #expect(problem.errors?.first?.detail == "must be one of open, closed")
    }

    @Test func `A nullable member is always written, an optional one only when it is there`() throws {
        let shelf = Shelf(
            id: .example, name: "Top", rating: nil, emptiedAt: nil, price: Money(amount: 1, currency: .example), version: 4)
        let value = try JSON.decode(JSONValue.self, from: JSON.encode(shelf))
        #expect(value["emptied_at"] == .null)
        #expect(value["rating"] == nil)
        #expect(try JSON.decode(Shelf.self, from: JSON.encode(shelf)) == shelf)
    }
}
