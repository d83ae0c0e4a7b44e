import Foundation
import Testing

@testable import FieldEncryption

@Suite struct FileSealTests {
    private let key: DataKey
    private let other: DataKey

    init() throws {
        let ring = try KeyRing(keys: [("k", Data(repeating: 1, count: 32))])
        (key, other) = (try ring.newDataKey(context: "a").key, try ring.newDataKey(context: "a").key)
    }

    private func bytes(_ count: Int) -> Data { Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }) }

    @Test(arguments: [0, 1, FileSeal.chunk - 1, FileSeal.chunk, FileSeal.chunk + 1, 3 * FileSeal.chunk, 3 * FileSeal.chunk + 7])
    func filesOfEveryLengthOpenAgain(_ count: Int) throws {
        let plain = bytes(count)
        let sealed = try key.sealFile(plain, context: "c")
        #expect(sealed.count == DataKey.sealedLength(of: count))
        #expect(try key.openFile(sealed, context: "c") == plain)
        // A slice of something longer has other indices.
        #expect(try key.openFile((Data([0]) + sealed).dropFirst(), context: "c") == plain)
        #expect(try key.sealFile(plain, context: "c") != sealed, "each time under a key of its own")
    }

    @Test func nothingOpensForOthersOrInAnotherPlace() throws {
        let sealed = try key.sealFile(bytes(1000), context: "auth.files/o/p/f")
        #expect(throws: FieldEncryptionError.doesNotOpen) { try other.openFile(sealed, context: "auth.files/o/p/f") }
        #expect(throws: FieldEncryptionError.doesNotOpen) { try key.openFile(sealed, context: "auth.files/o/p/g") }
        #expect(throws: FieldEncryptionError.self) { try key.openFile(Data(), context: "auth.files/o/p/f") }
    }

    @Test func chunksThatAreMissingOrMovedDoNotOpen() throws {
        let sealed = try key.sealFile(bytes(3 * FileSeal.chunk), context: "c")
        let length = FileSeal.chunk + FileSeal.tag
        let (head, chunks) = (
            sealed.prefix(FileSeal.headLength), (0..<3).map { sealed.dropFirst(FileSeal.headLength + $0 * length).prefix(length) }
        )
        func opens(_ parts: [Data]) -> Bool { (try? key.openFile(parts.reduce(Data(head), +), context: "c")) != nil }
        #expect(opens([chunks[0], chunks[1], chunks[2]]))
        for parts in [
            [], [chunks[0]], [chunks[0], chunks[1]], [chunks[2]], [chunks[1], chunks[2]], [chunks[1], chunks[0], chunks[2]],
            [chunks[0], chunks[2]], [chunks[0], chunks[1], chunks[2], chunks[2]], [chunks[0], chunks[1], chunks[2].dropLast()],
        ] { #expect(!opens(parts)) }
        for at in [0, 1, 32, 33, 40, sealed.count - 1] {
            var changed = sealed
            changed[at] ^= 1
            #expect(throws: FieldEncryptionError.self) { try key.openFile(changed, context: "c") }
        }
    }
}
