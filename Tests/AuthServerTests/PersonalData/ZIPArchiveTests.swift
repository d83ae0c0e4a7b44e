import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

/// Archives, read by somebody else's reader.
@Suite struct ZIPArchiveTests {
    @Test func whatWasPutInComesOutWithEveryReader() async throws {
        let date = Date(timeIntervalSince1970: 1_795_312_801)
        let entries = [
            "README.txt": Data("Grüße, 世界\n".utf8), "auth/people.json": Data("[]".utf8), "empty": Data(),
            "files/Ünïcode-名.png": Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
        ]
        var archive = ZIPArchive(date: date)
        for name in entries.keys.sorted() { try archive.add(name, entries[name]!) }
        let bytes = try archive.finished()
        #expect(try await unzipped(bytes) == entries)
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try bytes.write(to: folder.url("a.zip"))
        let times = try await runProcess(
            "python3", ["-c", "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).infolist()[0].date_time)", folder.url("a.zip").path])
        #expect(times.standardOutput == "(2026, 11, 22, 2, 0, 0)\n")
    }

    @Test func anArchiveWithoutEntriesIsOne() async throws {
        #expect(try await unzipped(try ZIPArchive(date: Date()).finished()) == [:])
    }

    @Test func sumsAreThoseOfTheStandard() {
        #expect(CRC32.of(Data("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.of(Data()) == 0)
    }

    private func export() -> Export {
        Export(
            id: .example, personID: .example, requestedBy: nil, isOwn: true, createdAt: .example, finishedAt: nil, expiresAt: .example,
            services: [], archives: 0, version: 1)
    }

    /// Rows are put together again wherever the parts were cut, and a full archive is handed over before the next.
    @Test func partsBecomeTablesHoweverTheyWereCut() async throws {
        let text = "people {\"full_name\": \"Mia 世界\"}\nbookings {\"id\": 1}\nbookings {\"id\": 2}\n"
        for length in [1, 2, 7, 1000] {
            var archive = try ExportArchive(export(), date: Date())
            var rest = Substring(text)
            while !rest.isEmpty {
                try archive.add(String(rest.prefix(length)), of: .scheduling)
                rest = rest.dropFirst(length)
            }
            let made = try archive.finish()
            #expect(made.count == 1)
            let files = try await unzipped(try #require(made.first))
            #expect(files.keys.sorted() == ["README.txt", "scheduling/bookings.json", "scheduling/people.json"])
            let bookings = try JSON.decode([[String: Int]].self, from: files["scheduling/bookings.json"]!)
            #expect(bookings == [["id": 1], ["id": 2]])
            #expect(String(decoding: files["scheduling/people.json"]!, as: UTF8.self).contains("Mia 世界"))
        }
    }

    @Test func whatIsLongBecomesSeveralArchives() async throws {
        var archive = try ExportArchive(export(), date: Date())
        let row = "audit_log {\"text\": \"\(String(repeating: "x", count: 1 << 20))\"}\n"
        var made: [Data] = []
        for _ in 0..<20 {
            try archive.add(row, of: .auth)
            made += archive.takeFinished()
        }
        #expect(made.count == 1)
        try archive.add(FileContent(.png, SampleFiles.png().bytes), named: "photo")
        made += try archive.finish()
        #expect(made.count == 2 && made.allSatisfy { $0.count < 2 * ExportArchive.full })
        let (first, second) = (try await unzipped(made[0]), try await unzipped(made[1]))
        #expect(first.keys.sorted() == ["README.txt", "auth/audit_log.json"])
        #expect(second.keys.sorted() == ["auth/audit_log-2.json", "files/photo.png"])
        let rows = try [first["auth/audit_log.json"], second["auth/audit_log-2.json"]].map {
            try JSON.decode([JSONValue].self, from: try #require($0)).count
        }
        #expect(rows.reduce(0, +) == 20)
    }
}
