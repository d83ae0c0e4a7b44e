import Foundation
import ServiceKit
import Testing

@Suite struct SettingsTests {
    private let settings = Settings([
        "NAME": "ada", "EMPTY": "", "COUNT": "7", "WORDS": " a, b ,,c", "FLAG": "Yes", "BAD": "maybe", "COMMAS": " , ",
    ])

    private func line(_ read: () throws -> Any) -> String? {
        do {
            _ = try read()
            return nil
        } catch { return "\(error)" }
    }

    @Test func `Settings are read by their types`() throws {
        #expect(try settings.string("NAME") == "ada")
        #expect(try settings.string("EMPTY", default: "x") == "x")
        #expect(try settings.int("COUNT", in: 1...10) == 7)
        #expect(try settings.int("MISSING", in: 1...10, default: 3) == 3)
        #expect(try settings.list("WORDS") == ["a", "b", "c"])
        #expect(try settings.list("MISSING", default: []) == [])
        #expect(try settings.flag("FLAG", default: false))
        #expect(try !settings.flag("MISSING", default: false))
    }

    @Test func `A wrong setting is one line that names it`() {
        #expect(line { try settings.string("DATABASE_URL") } == "DATABASE_URL is missing")
        #expect(line { try settings.string("EMPTY") } == "EMPTY is missing")
        #expect(line { try settings.int("COUNT", in: 1...5) } == "COUNT must be a whole number from 1 to 5")
        #expect(line { try settings.int("NAME", in: 1...5) } == "NAME must be a whole number from 1 to 5")
        #expect(line { try settings.flag("BAD", default: true) } == "BAD must be true or false")
        #expect(line { try settings.list("COMMAS") } == "COMMAS must name at least one")
        #expect(line { try settings.secret("KEY") } == "KEY is missing")
        #expect(line { try Settings(["KEY": "/nowhere"]).secret("KEY") } == "KEY: /nowhere cannot be read")
    }

    @Test func `A value may lie in a file`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data("  secret\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = Settings(["URL_FILE": file.path, "KEY": file.path])
        #expect(try settings.string("URL") == "secret")
        #expect(try settings.secret("KEY") == "secret")
        try Data(" \n".utf8).write(to: file)
        #expect(line { try settings.string("URL") } == "URL_FILE: \(file.path) is empty")
    }
}
