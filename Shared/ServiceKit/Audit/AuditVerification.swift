import ContractKit
import Crypto
import Foundation
import Postgres

/// Walks the chain of seals over a service's audit log, and compares every row with what was sealed.
struct AuditVerification: Sendable {
    let database: Database

    /// What does not fit, in words for operators.
    struct Breach: Error, CustomStringConvertible { let description: String }

    struct Result: Sendable {
        var seals: Int64 = 0
        var rows = 0
        /// Of the last seal.
        var digest = Data(repeating: 0, count: 32)
        /// Rows that wait for their seal.
        var unsealed: Int64 = 0
        /// Rows that say no more what they said, as somebody was erased: of those the seals show that they were there, and when.
        var blank: Int64 = 0
    }

    private struct Seal: Decodable, Sendable {
        var number: Int64
        var afterSeq: Int64
        var upToSeq: Int64
        var leaves: Data
        var previous: Data
        var digest: Data
    }

    /// - Throws: ``Breach`` that names the first seal or row that does not fit.
    func run() async throws -> Result {
        var (result, end) = (Result(), Int64(0))
        while let seal = try await seal(after: result.seals) {
            guard seal.number == result.seals + 1 else { throw Breach(description: "seal \(result.seals + 1) is missing") }
            guard seal.previous == result.digest, seal.afterSeq == end else {
                throw Breach(description: "seal \(seal.number) does not follow the one before it")
            }
            guard Data(SHA256.hash(data: seal.previous + seal.leaves)) == seal.digest else {
                throw Breach(description: "seal \(seal.number) was altered")
            }
            let found = try await leaves(seal)
            if found != seal.leaves { throw Breach(description: try await difference(seal, found)) }
            result.seals = seal.number
            result.rows += seal.leaves.count / Leaf.size
            (result.digest, end) = (seal.digest, seal.upToSeq)
        }
        result.unsealed = try await database.transaction(readOnly: true) { [end] tx in
            try await tx.one("select greatest(last_value - \(end), 0) from audit_log_seq where is_called union all select 0 limit 1")
        }
        result.blank = try await blank()
        return result
    }

    /// - Throws: ``Breach`` when more rows are blank than erasures have said to be: what they said was not erased, but hidden.
    private func blank() async throws -> Int64 {
        struct Counts: Decodable, Sendable {
            var blank: Int64
            var said: Int64
        }
        let counts: Counts = try await database.transaction(readOnly: true) { tx in
            try await tx.one("select blank, said::bigint as said from audit_erased()")
        }
        guard counts.blank <= counts.said else {
            throw Breach(description: "\(counts.blank) rows are blank, and erasures have blanked \(counts.said)")
        }
        return counts.blank
    }

    private func seal(after number: Int64) async throws -> Seal? {
        try await database.transaction(readOnly: true) { tx in
            try await tx.first(
                """
                select number, after_seq, up_to_seq, leaves, previous, digest from audit_seals
                where number > \(number) order by number limit 1
                """)
        }
    }

    private func leaves(_ seal: Seal) async throws -> Data {
        try await database.transaction(readOnly: true) { tx in
            // One more than were sealed: a row that was slipped in is to be seen.
            try await tx.one(
                "select coalesce(audit_leaves(\(seal.afterSeq), \(seal.upToSeq), \(seal.leaves.count / Leaf.size + 1)), '')")
        }
    }

    private func difference(_ seal: Seal, _ found: Data) async throws -> String {
        let (sealed, found) = (Leaf.all(in: seal.leaves), Leaf.all(in: found))
        let place = zip(sealed, found).prefix { $0 == $1 }.count
        let (was, now) = (sealed.dropFirst(place).first, found.dropFirst(place).first)
        guard let now, was.map({ now.number <= $0.number }) ?? true else {
            return "row \(was?.number ?? 0) is gone that seal \(seal.number) was put on"
        }
        let row: String? = try await database.transaction(readOnly: true) { tx in try await tx.first("select audit_row(\(now.number))") }
        let deed = now.number == was?.number ? "altered" : "slipped in"
        return "row \(now.number) (\(row ?? "unknown")) was \(deed) after seal \(seal.number)"
    }

    /// A row's number, and the digest of what it says.
    private struct Leaf: Equatable {
        static let size = 40

        let number: Int64
        let digest: Data

        static func all(in data: Data) -> [Leaf] {
            let bytes = [UInt8](data)
            return stride(from: 0, to: bytes.count - size + 1, by: size).map { start in
                let number = bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                return Leaf(number: Int64(bitPattern: number), digest: Data(bytes[(start + 8)..<(start + size)]))
            }
        }
    }
}
