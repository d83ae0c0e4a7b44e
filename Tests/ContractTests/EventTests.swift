import ContractKit
import Foundation
import ServiceKit
import Testing

@Suite struct EventTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// One file for each event version. A change of such a file in a review is the talk about compatibility. To make the file of a
    /// new event, run with PALESTRA_WRITE_GOLDEN=1 and read what it wrote.
    @Test(arguments: Product.events.map { $0.type })
    func goldenFile(of type: String) throws {
        let event = try #require(Product.events.first { $0.type == type })
        try check(event)
    }

    private func check<E: Event>(_ type: E.Type) throws {
        let file = Self.folder.appending(path: "\(E.type).json")
        let envelope = EventEnvelope(
            try SchemaRecorder.example(of: type, optionals: .filled), id: UUID.example, time: Date.example,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let written = try JSON.encodeSorted(envelope)
        if ProcessInfo.processInfo.environment["PALESTRA_WRITE_GOLDEN"] != nil { try written.write(to: file) }
        let golden = try Data(contentsOf: file)
        #expect(String(decoding: written, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        let read = try JSON.decode(EventEnvelope<E>.self, from: golden)
        #expect(try JSON.encodeSorted(read) == written)
    }

    /// What every process reads of auth's events, without knowing its contract.
    @Test func noticesReadWhatTheirEventsSay() throws {
        func golden<N: Event>(_ notice: N.Type) throws -> N {
            try JSON.decode(EventEnvelope<N>.self, from: Data(contentsOf: Self.folder.appending(path: "\(N.type).json"))).data
        }
        #expect(try golden(LoginSessionEndedNotice.self).loginSessionID == .example)
        let standing = try golden(StandingNotice.self)
        #expect(standing.organizationID == .example && standing.personID == .example && standing.standing == .active)
        let config = try golden(AppConfigNotice.self)
        #expect(config.key == "signups_open" && config.value == "Example text")
    }

    @Test func eachGoldenFileHasItsEvent() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".json") }
        #expect(Set(files) == Set(Product.events.map { "\($0.type).json" }))
    }

    @Test func typesAreChosenWell() {
        #expect(Set(Product.events.map { $0.type }).count == Product.events.count)
        for contract in Product.contracts {
            for event in contract.events {
                #expect(event.type.wholeMatch(of: /[a-z]+(\.[a-z_]+){2}\.v[0-9]+/) != nil, "\(event.type)")
                #expect(event.owner == contract.name, "\(event.type)")
            }
        }
    }

    /// A publish that no queue takes is an error; an event that nobody hears would stay in the outbox for ever.
    @Test func everyEventIsHeard() {
        let heard = Set(Product.services.flatMap { $0.hears.map { $0.type } })
        for event in Product.events where event.audience == .services { #expect(heard.contains(event.type), "\(event.type)") }
        #expect(heard.isSubset(of: Set(Product.events.map { $0.type })))
    }
}
