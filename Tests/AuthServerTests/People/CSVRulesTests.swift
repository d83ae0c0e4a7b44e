import Testing

@testable import AuthServer

@Suite struct CSVRulesTests {
    private func rows(_ text: String) throws -> [[String]] { try CSVTable(text, limit: 10).rows.map(\.fields) }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
        ("\u{FEFF}a\n\"x, y\"\n", [["a"], ["x, y"]]),
        ("a\n\"say \"\"hi\"\"\"\n", [["a"], ["say \"hi\""]]),
        ("a,b\n\"two\r\nlines\",ü\n", [["a", "b"], ["two\r\nlines", "ü"]]),
        ("a,b,\n,,\n", [["a", "b", ""], ["", "", ""]]),
        ("a,", [["a", ""]]),
        ("a\n\n\"\"\nb", [["a"], ["b"]]),
        ("a\rb\n", [["a\rb"]]),
        ("", []),
    ])
    func whatTheFormatAllowsIsRead(_ text: String, _ expected: [[String]]) throws { #expect(try rows(text) == expected) }

    @Test(arguments: [("a\n\"b", 2), ("a\nb\"c\n", 2), ("\"a\"b\n", 1), ("a\n\"x\ny\n", 2)])
    func whatItDoesNotAllowIsRefusedByLine(_ text: String, _ line: Int) {
        #expect(throws: CSVTable.Broken.self) { try rows(text) }
        do { _ = try CSVTable(text, limit: 10) } catch { #expect(error.line == line) }
    }

    @Test func linesAreCountedAndRowsAreLimited() throws {
        let table = try CSVTable("a\n\"1\n2\n3\"\nlast\n", limit: 3)
        #expect(table.rows.map(\.line) == [1, 2, 5])
        #expect(throws: CSVTable.Broken(line: 5, reason: "there must be at most 2 rows")) {
            try CSVTable("a\n\"1\n2\n3\"\nlast\n", limit: 2)
        }
    }
}
