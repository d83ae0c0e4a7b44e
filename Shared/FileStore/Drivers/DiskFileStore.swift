public import Foundation
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files in a folder of this machine, or of one that all replicas have mounted.
///
/// A file is written beside its place and renamed when the disk has it, so that a crash leaves the whole of it or nothing.
public struct DiskFileStore: FileStore {
    private let folder: String

    /// Makes the folder if it is not there.
    ///
    /// - Throws: ``FileStoreError/away(_:)`` when it cannot be written.
    public init(folder: String) throws {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw FileStoreError.away("\(folder) is no folder and cannot be made one")
        }
        guard access(folder, R_OK | W_OK | X_OK) == 0 else { throw Self.failure("writing \(folder)") }
    }

    public func write(_ sealed: Data, to object: UUID) async throws {
        let (shelf, name) = place(of: object)
        try await blocking {
            guard mkdir(shelf, 0o700) == 0 || errno == EEXIST else { throw Self.failure("making a folder") }
            let draft = "\(shelf)/.\(name).\(UInt32.random(in: 0 ... .max))"
            do {
                try Self.write(sealed, to: draft)
                guard rename(draft, "\(shelf)/\(name)") == 0 else { throw Self.failure("renaming") }
            } catch {
                unlink(draft)
                throw error
            }
            // The names as well: of the file in its folder, and of that in ours.
            try Self.sync(shelf)
            try Self.sync(folder)
        }
    }

    public func read(_ object: UUID) async throws -> Data {
        let (shelf, name) = place(of: object)
        return try await blocking {
            let file = open("\(shelf)/\(name)", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw errno == ENOENT ? FileStoreError.missing : Self.failure("opening") }
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0 else { throw Self.failure("reading") }
            var bytes = Data(count: Int(status.st_size))
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(done)) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Self.failure("reading") }
                done += count
            }
            return bytes
        }
    }

    public func remove(_ object: UUID) async throws {
        let (shelf, name) = place(of: object)
        try await blocking {
            guard unlink("\(shelf)/\(name)") == 0 || errno == ENOENT else { throw Self.failure("removing") }
        }
    }

    /// 256 folders keep each of them small.
    private func place(of object: UUID) -> (shelf: String, name: String) {
        let name = object.uuidString.lowercased()
        return ("\(folder)/\(name.prefix(2))", name)
    }

    private static func write(_ bytes: Data, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("making a file") }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(done)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("writing") }
            done += count
        }
        guard fsync(file) == 0 else { throw failure("writing") }
    }

    private static func sync(_ path: String) throws {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("opening a folder") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("writing a folder") }
    }

    private static func failure(_ what: String) -> FileStoreError { .away("\(what): \(String(cString: strerror(errno)))") }

    /// Disks take their time, on threads that are there for it.
    private func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}
