import ArgumentParser
import Foundation

@main
struct PalestraGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Fills the database of the running copy with organizations that have years of history.")

    @Option(help: "Members in all, 1 to 1,000,000; owners and trainers come on top.") var people: Int
    @Option(help: "Organizations, 1 to 10,000; few are big and many small.") var organizations: Int
    @Option(help: "Years of history, 0.01 to 10: of sessions, workouts, invoices and messages.") var scale = 1.0
    @Option(help: "Another one makes other people and other years.") var seed: UInt64 = 1

    func validate() throws {
        guard (1...1_000_000).contains(people) else { throw ValidationError("--people is 1 to 1,000,000") }
        guard (1...10_000).contains(organizations), organizations <= people else {
            throw ValidationError("--organizations is 1 to 10,000, and not more than --people")
        }
        guard (0.01...10).contains(scale) else { throw ValidationError("--scale is 0.01 to 10") }
        guard seed < 1_000_000 else { throw ValidationError("--seed is 0 to 999,999") }
    }

    func run() throws {
        let today = Day(number: Int(Date().timeIntervalSince1970) / 86_400)
        let shape = Shape(people: people, organizations: organizations, scale: scale, seed: seed, today: today)
        let keys = try Keys()
        let database = try Connection()
        guard try database.query("select from auth.organization_slugs where slug = '\(shape.slug(0))'").isEmpty else {
            throw Failure("this copy has the organizations of seed \(seed) already: choose another with --seed")
        }
        let before = try Sizes(database)
        let tables = Tables()
        try fill(tables, keys, shape)

        say("Checking references, taking stock")
        try References(database).check()
        let filled = tables.all.filter { $0.rows > 0 }.map(\.name)
        try database.query("vacuum (analyze) \(filled.joined(separator: ", "))")
        Report(before: before, after: try Sizes(database), tables: tables.all, members: people, years: Double(shape.days) / 365).show()
        print("\nEverybody's password is \(Keys.password); the first of \(organizations) organizations is the biggest:")
        for mailbox in ["owner", "trainer1", "member1"] { print("    \(mailbox)@\(shape.slug(0)).example") }
    }

    private func fill(_ tables: Tables, _ keys: Keys, _ shape: Shape) throws {
        say("Founding \(organizations) organizations with \(people) members")
        let founded = try Founding(tables: tables, keys: keys, shape: shape).organizations()
        let telling = Telling(tables: tables, now: shape.now)
        let books = Books(tables: tables, telling: telling, now: shape.now)
        let training = Training(tables: tables, telling: telling, now: shape.now)
        let desk = Desk(tables: tables, telling: telling, books: books, training: training, now: shape.now)

        let days = shape.days + Shape.ahead
        var progress = Progress("days", of: days)
        // Day by day over all organizations, as it would have come: rows of one organization lie between those of the others.
        for number in 0..<days {
            let day = shape.begin + number
            for organization in founded {
                if day == day.monthBegin { try books.close(organization, before: day) }
                let timetable = shape.timetable(organization.members.count)
                try desk.run(PlannedDay(day, of: organization, timetable, now: shape.now), on: day, of: organization)
            }
            progress.show(number + 1, rows: tables.rows)
        }
        for organization in founded { try books.end(organization) }
        try tables.finish()
        progress.end(rows: tables.rows)
    }
}

func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
