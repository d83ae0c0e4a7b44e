import FileStore
import Foundation
import TestSupport
import Testing

@Suite struct DiskTests {
    @Test func filesAreWholeOrNotThere() async throws {
        try await withTemporaryDirectory { folder in
            let store = try DiskFileStore(folder: folder.url("files").path)
            let (one, other) = (UUID(), UUID())
            let bytes = Data((0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            try await store.write(bytes, to: one)
            try await store.write(Data(), to: other)
            #expect(try await store.read(one) == bytes)
            #expect(try await store.read(other) == Data())
            // A second time, in place of the first.
            try await store.write(Data([1, 2]), to: one)
            #expect(try await store.read(one) == Data([1, 2]))

            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.url("files").path).filter { $0.contains("/") }
            #expect(files.count == 2, "no drafts are left: \(files)")
            for file in files {
                let mode = try FileManager.default.attributesOfItem(atPath: folder.url("files/\(file)").path)[.posixPermissions]
                #expect(mode as? Int == 0o600)
            }
            try await store.remove(one)
            try await store.remove(one)
            await #expect { try await store.read(one) } throws: { error in
                if case FileStoreError.missing? = error as? FileStoreError { true } else { false }
            }
        }
    }

    @Test func whatIsNoFolderIsAway() async throws {
        try await withTemporaryDirectory { folder in
            let file = try folder.write("x", to: "file").path
            #expect(throws: FileStoreError.self) { try DiskFileStore(folder: file) }
            #expect(throws: FileStoreError.self) { try DiskFileStore(folder: "\(file)/below") }
            let store = try DiskFileStore(folder: folder.url("files").path)
            try FileManager.default.removeItem(at: folder.url("files"))
            await #expect(throws: FileStoreError.self) { try await store.write(Data([1]), to: UUID()) }
        }
    }
}
