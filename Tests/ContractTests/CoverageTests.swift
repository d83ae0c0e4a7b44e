import Foundation
import TestSupport
import Testing

/// `deploy/local coverage` reads the names of tests as they are written.
@Suite struct CoverageTests {
    private func coverage(of source: String, _ arguments: String...) async throws -> ProcessOutput {
        try await withTemporaryDirectory { folder in
            let tests = folder.url("Tests/ToyTests")
            try FileManager.default.createDirectory(at: tests, withIntermediateDirectories: true)
            try Data(source.utf8).write(to: tests.appending(path: "ToyTests.swift"))
            return try await runProcess(
                Repository.url("deploy/coverage/coverage").path, arguments + ["--tests", folder.url("Tests").path])
        }
    }

    /// The ids below a heading of the listing.
    private func ids(_ state: String, in output: ProcessOutput) -> Set<String> {
        var (ids, counts): (Set<String>, Bool) = ([], false)
        for line in output.standardOutput.split(separator: "\n") {
            if let heading = line.wholeMatch(of: /[a-z]+: (covered|open)/) { counts = heading.1 == state }
            if counts, let row = line.firstMatch(of: #/^  (S[0-9]-[0-9]+) /#) { ids.insert(String(row.1)) }
        }
        return ids
    }

    @Test func rowsAreReadOffBothKindsOfNames() async throws {
        let found = try await coverage(
            of: """
                @Suite struct Toys {
                    @Test(
                        "S1-13, S4-55 and S1-16: shown (by name)", arguments: [1, 2], [")"])
                    func shown() {}
                    @Test func `S3-04 to S3-06, rows 1, 2: it's a series`() {}
                    @Test("S0-03, row 46: beside attacks") func attacked() {}
                    @Test func plain() {}
                    // @Test("S1-11: not any more") func gone() {}
                    @Test("S1-12: not now", .disabled("slow")) func resting() {}
                }
                """)
        #expect(found.status == 0, "\(found.standardError)")
        let covered: Set = ["S1-13", "S4-55", "S1-16", "S3-04", "S3-05", "S3-06", "S0-03"]
        #expect(ids("covered", in: found) == covered)
        #expect(ids("open", in: found).isSuperset(of: ["S1-11", "S1-12"]) && ids("open", in: found).isDisjoint(with: covered))
        #expect(found.standardOutput.contains("ToyTests.Toys.it's a series\n"))
        #expect(found.standardOutput.contains("ToyTests.Toys.shown\n"))
    }

    @Test(arguments: [
        ("S1-199: a row that nobody made", "S1-199, which is no row"),
        ("S1-13 to S4-55: no series", "S1-13 to S4-55, which is no row"),
        ("S1-13: and in passing S4-55", "S4-55 elsewhere"),
        ("as S1-13 says", "S1-13 elsewhere"),
    ])
    func namesThatAskForNothingFail(title: String, said: String) async throws {
        let found = try await coverage(of: "@Suite struct Toys {\n    @Test(\"\(title)\") func shown() {}\n}\n", "--check")
        #expect(found.status == 1)
        #expect(found.standardError.contains("ToyTests.Toys.shown names \(said)"), "\(found.standardError)")
        #expect(found.standardOutput == "")
    }

    @Test func oneServiceIsWrittenToAFile() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.url("rows.json")
            let found = try await coverage(
                of: "@Suite struct Toys {\n    @Test func `S4-54: limits`() {}\n}\n", "edge", "--json", file.path)
            #expect(found.status == 0, "\(found.standardError)")
            let written = try JSONDecoder().decode(Written.self, from: Data(contentsOf: file))
            #expect(written.services == ["edge": .init(rows: written.rows.count, covered: 1, open: written.rows.count - 1)])
            #expect(written.rows.first { $0.id == "S4-54" }?.tests == ["ToyTests.Toys.limits"])
        }
    }

    private struct Written: Decodable {
        struct Figures: Decodable, Equatable { var rows, covered, open: Int }
        struct Row: Decodable { var id: String; var tests: [String] }
        var services: [String: Figures]
        var rows: [Row]
    }
}
