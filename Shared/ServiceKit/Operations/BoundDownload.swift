public import ContractKit
public import FileStore
import Foundation
import Postgres

/// A file that somebody may have, as the handler finds it.
public struct FoundFile: Sendable, ShowsMembers {
    public var file: StoredFile
    /// Whose data it shows, for the audit log.
    public var shown: [ShownMember]

    public init(_ file: StoredFile, shown: [ShownMember]) { (self.file, self.shown) = (file, shown) }
}

/// What every call goes through that is answered with a file: found in a transaction, read from the store after it, because no
/// connection waits for a store.
struct BoundDownload<O: APIOperation>: Sendable where O.Output == FileContent {
    let files: Files
    let find: @Sendable (Call<O>, Transaction) async throws -> FoundFile

    func answer(_ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        let lease = FileLease(surroundings.fileMemory)
        let (call, _) = try await surroundings.admit(exchange, to: O.self, lease: lease)
        let access = try AccessLog(call, exchange)
        let found = try await surroundings.repeating {
            try await surroundings.database.transaction(as: surroundings.tenant(of: call), readOnly: access == nil) { tx in
                let found = try await find(call, tx)
                try access?.note(found, in: tx)
                return found
            }
        }
        try lease.take(found.file.size)
        return Answer(try await files.read(found.file), lease)
    }
}
