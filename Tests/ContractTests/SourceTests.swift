import ContractKit
import Foundation
import ServiceKit
import Testing

/// What the layout promises, read off the sources.
@Suite struct SourceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func sources(under folder: String) -> [(path: String, text: String)] {
        let base = Self.root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
            (try? String(contentsOf: base.appending(path: path), encoding: .utf8)).map { ("\(folder)/\(path)", $0) }
        }
    }

    private func imports(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^(?:(?:public|package|internal|private|@testable) )*import (?:[a-z]+ )?([A-Za-z]+)/).map { String($0.1) }
        }
    }

    @Test func rulesTouchNothing() {
        for (path, text) in sources(under: "Services") where path.hasSuffix("Rules.swift") {
            for module in imports(text) {
                #expect(module == "Foundation" || module == "ContractKit" || module.hasSuffix("Contract"), "\(path) imports \(module)")
            }
            for call in ["Date()", "UUID()", ".random", "Date.now", "Clock.now"] {
                #expect(!text.contains(call), "\(path) asks for \(call)")
            }
        }
    }

    @Test func contractsKnowOnlyTheKit() {
        for (path, text) in sources(under: "Services") where path.contains("/Contract/") {
            for module in imports(text) { #expect(module == "ContractKit" || module == "Foundation", "\(path) imports \(module)") }
        }
    }

    @Test func databaseAndBrokerStayBehindTheirLibraries() {
        for (path, text) in sources(under: "Services") + sources(under: "Shared") {
            for module in imports(text) where module == "CLibPQ" || module == "CRabbitMQ" {
                #expect(path.hasPrefix("Shared/Postgres/") || path.hasPrefix("Shared/AMQP/"), "\(path) imports \(module)")
            }
        }
    }

    @Test func reactionsAreFoundByTheirFileName() {
        for (path, text) in sources(under: "Services") {
            for match in text.matches(of: /struct ([A-Za-z]+): Reaction\b/) {
                #expect(path.hasSuffix("/\(match.1).swift"), "\(match.1) stands in \(path)")
            }
        }
    }

    /// The README's map of services and events is what the services declare.
    @Test func theMapIsTrue() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        for event in Product.events {
            let hearers = Product.services.filter { service in service.hears.contains { $0.type == event.type } }.map(Product.name)
            let heard = event.audience == .everyProcess ? ["every process"] + hearers.sorted() : hearers.sorted()
            let row = "| `\(event.type)` | \(event.owner) | \(heard.joined(separator: ", ")) |"
            #expect(readme.contains(row), "README.md lacks the row: \(row)")
        }
        for contract in Product.contracts {
            #expect(
                FileManager.default.fileExists(atPath: Self.root.appending(path: "Services/\(contract.name.capitalized)/README.md").path))
        }
    }
}
