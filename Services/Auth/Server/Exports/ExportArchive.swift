import AuthContract
import ContractKit
import Foundation

/// Puts what was gathered into archives: `auth/people.json`, `files/<id>.png`, `README.txt`. Pure.
///
/// An archive that is full is handed over before the next one begins, so that no more than one is in memory. A table with many rows goes on in
/// `bookings-2.json`.
struct ExportArchive: Sendable {
    /// In bytes: from there on an archive is full. A file or a row may take it further.
    static let full = 16 << 20

    private let date: Date
    private var archive: ZIPArchive
    /// Of the table that is being written.
    private var name = ""
    private var number = 1
    private var rows = Data()
    /// The end of a part, which may be the beginning of a line.
    private var rest = Data()
    private(set) var finished: [Data] = []

    init(_ export: Export, date: Date) throws {
        self.date = date
        archive = ZIPArchive(date: date)
        try archive.add("README.txt", Data(Self.readme(export, date).utf8))
    }

    /// Takes archives that are full.
    mutating func takeFinished() -> [Data] {
        defer { finished = [] }
        return finished
    }

    /// Takes up the next part of what a service holds.
    mutating func add(_ content: String, of service: ErasingService) throws {
        rest.append(Data(content.utf8))
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[rest.startIndex..<end]
            rest = rest[rest.index(after: end)...]
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { continue }
            let table = "\(service.rawValue)/\(String(decoding: line[..<space], as: UTF8.self))"
            if table != name || archive.count + rows.count > Self.full {
                try endTable()
                number = table == name ? number + 1 : 1
                name = table
            }
            rows.append(Data(rows.isEmpty ? "[\n".utf8 : ",\n".utf8))
            rows.append(line[line.index(after: space)...])
        }
        rest = Data(rest)
    }

    mutating func add(_ file: FileContent, named id: String) throws {
        try endTable()
        try archive.add("files/\(id).\(file.type.nameExtension)", file.bytes)
        try endIfFull()
    }

    /// Takes the last archive.
    mutating func finish() throws -> [Data] {
        try endTable()
        if !archive.isEmpty { finished.append(try archive.finished()) }
        return takeFinished()
    }

    private mutating func endTable() throws {
        guard !rows.isEmpty else { return }
        rows.append(Data("\n]\n".utf8))
        try archive.add("\(name)\(number > 1 ? "-\(number)" : "").json", rows)
        rows = Data()
        try endIfFull()
    }

    private mutating func endIfFull() throws {
        guard archive.count > Self.full else { return }
        finished.append(try archive.finished())
        archive = ZIPArchive(date: date)
    }

    private static func readme(_ export: Export, _ date: Date) -> String {
        """
        All that is held of person \(export.personID), as it was on \(date.formatted(.iso8601)).

        auth/           who they are, how they sign in, what they said of themselves
        scheduling/     what they booked, and the sessions that they held
        workouts/       what they trained
        billing/        invoices and payments; amounts are in cents, or whatever is the smallest unit of the currency
        notifications/  what they were told
        files/          their photo and documents: the name is the file_id in auth/person_photos.json and auth/trainer_documents.json

        Each .json file is a table: a list of rows with every column, moments in UTC unless they say otherwise. A table that they are not in has
        no file. Ids of other people stay ids. Of rows that are somebody else's and name them (by whom a payment was recorded, say) there is the
        key and that column.

        Left out are secrets and what checks them (passwords, tokens, keys), of the audit log what rows of whomever said before and after a
        change, and of mails the text: notifications.json has it, without links that sign in.
        \(export.isOwn ? "" : "\nTheir account, which is no organization's, is in the archive that they ask for themselves.\n")
        """
    }
}
