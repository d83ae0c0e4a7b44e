import ContractKit
import Foundation
import Testing

@Suite struct ParameterTests {
    @Test func `Parameters survive the way there and back`() throws {
        let call = ListShelves(
            from: Date(timeIntervalSince1970: 1_772_359_200.5), limit: 7, cursor: Cursor("a"), q: "top & bottom", state: .closed)
        let values = try Parameters.encode(call)
        #expect(values["from"] == "2026-03-01T10:00:00.500Z")
        #expect(values["limit"] == "7")
        let back = try Parameters.decode(ListShelves.self, from: values)
        #expect(back.from == call.from && back.limit == call.limit && back.q == call.q && back.state == call.state)
        #expect(back.cursor?.parts == ["a"])
    }

    @Test func `What is left out is nil`() throws {
        #expect(try Parameters.encode(ListShelves(from: nil, limit: nil, cursor: nil, q: nil, state: nil)).isEmpty)
        #expect(try Parameters.decode(ListShelves.self, from: [:]).limit == nil)
    }

    @Test(arguments: [
        ("limit", "0"), ("limit", "101"), ("limit", "ten"), ("limit", "1.0"), ("limit", ""), ("from", "yesterday"), ("cursor", "!"),
        ("state", "ajar"), ("q", "a\u{0}"),
    ])
    func `A bad parameter is named`(name: String, value: String) {
        do {
            _ = try Parameters.decode(ListShelves.self, from: [name: value])
            Issue.record("\(name)=\(value) was taken")
        } catch {
            let problem = (error as? DecodingError).map(Problem.init)
            #expect(problem?.errors?.map(\.pointer) == ["#/\(name)"])
        }
    }

    @Test func `The target of a call is percent-encoded`() throws {
        let id = ShelfID.example
        #expect(try SaveShelf(shelfID: id, notify: true).target() == "/v1/shelves/\(id)?notify=true")
        #expect(
            try ListShelves(from: nil, limit: 2, cursor: nil, q: "a+b &c/é", state: nil).target()
                == "/v1/shelves?limit=2&q=a%2Bb%20%26c%2F%C3%A9")
    }
}
