import Foundation
import Testing

@testable import Postgres

/// A PostgreSQL of our own, to be killed.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/lib/postgresql/15/bin/initdb")), .timeLimit(.minutes(5)))
struct RestartTests {
    private func withCluster(_ body: (Cluster) async throws -> Void) async throws {
        let cluster = try await Cluster.make()
        try await cluster.start()
        do { try await body(cluster) } catch {
            await cluster.remove()
            throw error
        }
        await cluster.remove()
    }

    @Test func `A server that is killed and comes back costs errors, not the process`() async throws {
        try await withCluster(killAndRestart)
    }

    /// libpq gives the socket of a lost connection back as soon as it knows of the loss, and the next connection gets its number.
    @Test func `A connection with the file number of a lost one is heard`() async throws {
        try await withCluster { cluster in
            try await withDatabase(cluster.url) { database in
                var lost: [DatabaseSession] = []
                for _ in 0..<6 { lost.append(try await database.session()) }
                try cluster.kill()
                for session in lost {
                    #expect(try await failure { try await session.execute("select 1") }.kind == .connectionLost)
                }
                try await cluster.start()
                var opened: [DatabaseSession] = []
                for _ in 0..<6 { opened.append(try await database.session()) }
                for session in lost { await session.close() }
                for session in opened {
                    // One that is not told could not be closed either.
                    try #require(await isAnswered(session))
                    await session.close()
                }
            }
        }
    }

    /// Whether the session is told of the answer to a statement, within twenty seconds.
    private func isAnswered(_ session: DatabaseSession) async throws -> Bool {
        let (answers, continuation) = AsyncStream<Void>.makeStream()
        let asking = Task {
            try await session.execute("select 1")
            continuation.yield()
        }
        let limit = Task {
            try await Task.sleep(for: .seconds(20))
            continuation.finish()
        }
        var iterator = answers.makeAsyncIterator()
        guard await iterator.next() != nil else { return false }
        limit.cancel()
        try await asking.value
        return true
    }

    private func killAndRestart(_ cluster: Cluster) async throws {
        try await withDatabase(cluster.url, connections: 3) { database in
            try await database.transaction { _ = try await $0.execute("create table rows (id int primary key)") }
            let writer = Task {
                var (sure, unknown, id) = (Set<Int>(), Set<Int>(), 0)
                while !Task.isCancelled {
                    id += 1
                    do {
                        let row = id
                        try await database.transaction { _ = try await $0.execute("insert into rows values (\(row))") }
                        sure.insert(id)
                    } catch let error as DatabaseError {
                        if error.kind == .commitOutcomeUnknown || error.kind == .cancelled { unknown.insert(id) }
                        // While the server is away an answer comes at once; this only keeps the loop from spinning.
                        await Task.yield()
                    }
                }
                return (sure, unknown)
            }
            defer { writer.cancel() }
            try await eventually { try await database.transaction { try await $0.one("select count(*) from rows") } > 50 }
            // Connections that lie in the pool die along with the one in use.
            let middle = Task { try await database.transaction { try await $0.execute("select pg_sleep(60)") } }
            try await eventually {
                try await database.transaction {
                    try await $0.one("select count(*) from pg_stat_activity where query like 'select pg_sleep%'")
                } == 1
            }
            try cluster.kill()
            let error = try await failure { _ = try await middle.value }
            #expect(error.isRetriable)
            try await cluster.start()
            try await eventually { await database.isReachable() }
            let before: Int = try await database.transaction { try await $0.one("select count(*) from rows") }
            try await eventually { try await database.transaction { try await $0.one("select count(*) from rows") } > before + 20 }
            writer.cancel()
            let (sure, unknown) = try await writer.value
            let kept: Set<Int> = try await Set(database.transaction { try await $0.query("select id from rows") })
            #expect(sure.isSubset(of: kept))
            #expect(kept.isSubset(of: sure.union(unknown)))
        }
    }
}

/// A PostgreSQL in a temporary directory.
struct Cluster {
    let directory: String
    let port: Int
    var url: String { "postgresql://postgres@127.0.0.1:\(port)/postgres" }
    private static let tools = "/usr/lib/postgresql/15/bin"

    static func make() async throws -> Cluster {
        let cluster = Cluster(directory: "/tmp/postgres-tests-\(UUID().uuidString.prefix(8))", port: try freePort())
        let initdb = cluster.process(
            "initdb", ["-D", cluster.directory, "-U", "postgres", "-A", "trust", "-N", "--no-locale", "-E", "UTF8"])
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            initdb.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try initdb.run() } catch { continuation.resume(throwing: error) }
        }
        try #require(status == 0, "initdb failed")
        return cluster
    }

    /// Starts the server and waits until it answers.
    func start() async throws {
        let settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB", "max_connections=20", "log_min_messages=panic",
        ]
        let arguments = ["-D", directory, "-p", String(port)] + settings.flatMap { ["-c", $0] }
        var server: Process?
        try await eventually {
            if server?.isRunning != true {
                // It refuses to start while a process of its killed predecessor is about.
                server = process("postgres", arguments)
                try server?.run()
            }
            do { try await withSession(url) { try await $0.execute("select 1") } } catch { return false }
            return true
        }
    }

    /// SIGKILL to every process of it.
    func kill() throws {
        let postmaster = try #require(postmaster)
        let children = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for process in [postmaster] + children.split(separator: " ").compactMap({ pid_t($0) }) { Foundation.kill(process, SIGKILL) }
    }

    func remove() async {
        if let postmaster { Foundation.kill(postmaster, SIGQUIT) }
        try? await eventually { postmaster == nil }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var postmaster: pid_t? {
        let file = try? String(contentsOfFile: "\(directory)/postmaster.pid", encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// PostgreSQL refuses to run as root.
    private func process(_ tool: String, _ arguments: [String]) -> Process {
        let command = ["\(Self.tools)/\(tool)"] + arguments
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] + command : command
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        (process.standardOutput, process.standardError, process.standardInput) = (
            FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice
        )
        return process
    }
}

/// A port that nobody listens on.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16? = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            guard bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0 else { return nil }
            return pointer.pointee.sin_port.bigEndian
        }
    }
    return Int(try #require(port))
}
