public import Foundation
import Synchronization

/// Where an installation of its own keeps its files.
public struct SystemFolders: Sendable {
    public let postgres: TemporaryDirectory
    public let rabbit: TemporaryDirectory
    /// Logs and mail.
    public let files: TemporaryDirectory

    public init() throws {
        postgres = try TemporaryDirectory()
        rabbit = try TemporaryDirectory()
        files = try TemporaryDirectory()
    }

    /// By this variable in their environment the processes of the installation are found, whoever started them.
    public var mark: [String: String] { ["PALESTRA_TEST_SYSTEM": files.url.path] }
}

/// Ends every process of an installation and removes its files: when it is told to, and when this process is gone, however it went.
///
/// A process of its own that waits for the end of a pipe, which the kernel closes for those who can no longer do it themselves.
public final class SystemGuardian: Sendable {
    private let pipe: Mutex<FileHandle?>
    private let ended: AsyncStream<Void>

    /// - Parameter more: files and folders that go as well.
    public init(of folders: SystemFolders, removing more: [URL] = []) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // In a session of its own it outlives a Ctrl-C.
        process.arguments =
            ["setsid", "--wait", "bash", "-c", Self.script, "guardian"]
            + [folders.files, folders.postgres, folders.rabbit].map(\.url.path) + more.map(\.path)
        process.currentDirectoryURL = Repository.root
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        // Nobody else may hold this end open.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = pipe
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        try pipe.fileHandleForReading.close()
        self.pipe = Mutex(pipe.fileHandleForWriting)
        self.ended = ended
    }

    /// Ends everything and returns when it is gone.
    public func end() async {
        pipe.withLock { pipe in
            try? pipe?.close()
            pipe = nil
        }
        for await _ in ended {}
    }

    private static let script = """
        cat >/dev/null
        files=$1 postgres=$2 rabbit=$3
        marked() { grep -lzxF "PALESTRA_TEST_SYSTEM=$files" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
        # More than once: a script that is killed may just have started something.
        for _ in 1 2 3; do kill -KILL $(marked) 2>/dev/null; done
        deploy/servers/postgres kill "$postgres"
        deploy/servers/rabbitmq kill "$rabbit"
        for folder in "$postgres" "$rabbit"; do
            if [ -L "$folder" ]; then rm -rf "$(readlink -f "$folder")"; fi
        done
        rm -rf "$@"
        """
}
