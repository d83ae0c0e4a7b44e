import ContractKit
import Foundation

/// What a `jsonb` column is written from and read into.
enum JSONB {
    static func text(_ value: (some Encodable)?) throws -> String? {
        try value.map { String(decoding: try JSON.encode($0), as: UTF8.self) }
    }

    static func value<T: Decodable>(_ text: String?) throws -> T? { try text.map { try JSON.decode(T.self, from: Data($0.utf8)) } }
}
