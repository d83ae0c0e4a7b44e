import Foundation
import Synchronization
import TestSupport

/// One process of the installation, which may die and come back.
final class Instance: Sendable {
    let name: String
    let port: Int
    let log: URL
    private let executable: URL
    private let arguments: [String]
    private let environment: [String: String]
    private let running = Mutex<Running?>(nil)

    /// `Process` is used from one place at a time; its end is what others wait for.
    private struct Running {
        var id: Int32
        var ended: AsyncStream<Void>
    }

    init(_ name: String, _ executable: URL, _ arguments: [String] = [], port: Int, environment: [String: String], log: URL) {
        (self.name, self.executable, self.arguments) = (name, executable, arguments)
        (self.port, self.environment, self.log) = (port, environment, log)
    }

    /// Starts it with nothing of our environment but what programs need to run; its log goes on where it ended.
    func start() throws {
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let ours = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH"].contains($0.key)
        }
        // The backtracer would hold a crashed process for minutes.
        process.environment = ours.merging(environment) { $1 }.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        try output.close()
        running.withLock { $0 = Running(id: process.processIdentifier, ended: ended) }
    }

    /// Runs another of its commands, with its settings.
    func run(_ arguments: [String], input: String = "") async throws -> ProcessOutput {
        try await runProcess(executable.path, arguments, environment: environment, input: input, timeout: .seconds(60))
    }

    /// SIGKILL; returns when it is gone.
    func kill() async { await send(SIGKILL) }

    /// Asks it to finish what it does; returns when it has.
    func stop() async { await send(SIGTERM) }

    private func send(_ signal: Int32) async {
        guard
            let running = running.withLock({ running in
                defer { running = nil }
                return running
            })
        else { return }
        Foundation.kill(running.id, signal)
        for await _ in running.ended {}
    }

    /// The last lines of its log.
    func tail(_ lines: Int = 15) -> String {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(lines).joined(separator: "\n")
    }
}

/// Ports are taken some time before anybody listens on them, by several systems at once.
private let taken = Mutex<Set<Int>>([])

/// A port of the loopback interface that nobody listens on, below those that the kernel gives to outgoing connections; another one each
/// time.
func freePort() throws -> Int {
    for _ in 0..<200 {
        let port = Int.random(in: 20_000..<32_000)
        guard taken.withLock({ $0.insert(port).inserted }) else { continue }
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { continue }
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isFree = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        if isFree { return port }
    }
    throw TestSupportError("found no free port between 20000 and 31999")
}
