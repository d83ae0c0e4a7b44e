import ContractKit
import FieldEncryption
import Foundation
import Testing

@Suite struct KeyRingTests {
    static let old = (id: "2025", key: Data(repeating: 1, count: 32))
    static let new = (id: "2026", key: Data(repeating: 2, count: 32))

    @Test func whatIsSealedOpensOnlyInItsContext() throws {
        let ring = try KeyRing(keys: [Self.old])
        let sealed = try ring.seal("Ada Lovelace", context: "person/full_name:1")
        #expect(try ring.open(sealed, context: "person/full_name:1") == "Ada Lovelace")
        #expect(throws: FieldEncryptionError.doesNotOpen) { try ring.open(sealed, context: "person/full_name:2") }
        #expect(throws: FieldEncryptionError.doesNotOpen) { try ring.open(sealed, context: "person/email:1") }
        #expect(!sealed.data.contains(Data("Ada".utf8)))
        #expect(try ring.seal("Ada Lovelace", context: "person/full_name:1") != sealed)
    }

    @Test func everyChangedByteIsNoticed() throws {
        let ring = try KeyRing(keys: [Self.old, Self.new])
        let sealed = try ring.seal("Ada", context: "c").data
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: FieldEncryptionError.self) { try ring.open(SealedText(changed), context: "c") }
        }
        #expect(throws: FieldEncryptionError.malformed) { try ring.open(SealedText(sealed.prefix(20)), context: "c") }
        #expect(throws: FieldEncryptionError.malformed) { try ring.open(SealedText(Data()), context: "c") }
    }

    @Test func afterARotationTheOldKeyStillReads() throws {
        let before = try KeyRing(keys: [Self.old])
        let after = try KeyRing(keys: [Self.new, Self.old])
        let sealed = try before.seal("Ada", context: "c")
        let (key, wrapped) = try before.newDataKey(context: "k")
        let field = try key.seal("Ada", context: "f")

        #expect(try after.open(sealed, context: "c") == "Ada")
        #expect(try after.unwrap(wrapped, context: "k").open(field, context: "f") == "Ada")
        #expect(before.blindIndex("ada@example.com", purpose: "p") == after.blindIndex("ada@example.com", purpose: "p"))

        let rewrapped = try #require(try after.rewrap(wrapped, context: "k"))
        let withoutOld = try KeyRing(keys: [Self.new])
        #expect(try withoutOld.unwrap(rewrapped, context: "k").open(field, context: "f") == "Ada")
        #expect(try after.rewrap(rewrapped, context: "k") == nil)
        #expect(throws: FieldEncryptionError.unknownKey("2025")) { try withoutOld.unwrap(wrapped, context: "k") }
    }

    @Test func movedCiphertextAndMovedKeysDoNotOpen() throws {
        let ring = try KeyRing(keys: [Self.old])
        let (ada, wrapped) = try ring.newDataKey(context: "person_keys/1")
        let (bob, _) = try ring.newDataKey(context: "person_keys/2")
        let field = try ada.seal("+14165550100", context: "people/phone/1")
        #expect(throws: FieldEncryptionError.doesNotOpen) { try ada.open(field, context: "people/phone/2") }
        #expect(throws: FieldEncryptionError.doesNotOpen) { try bob.open(field, context: "people/phone/1") }
        #expect(throws: FieldEncryptionError.doesNotOpen) { try ring.unwrap(wrapped, context: "person_keys/2") }
        // What was wrapped is no sealed text, even under the same context.
        #expect(throws: FieldEncryptionError.doesNotOpen) { try ring.open(SealedText(wrapped), context: "person_keys/1") }
    }

    @Test func blindIndexesDifferByPurposeAndKey() throws {
        let ring = try KeyRing(keys: [Self.old])
        let index = ring.blindIndex("ada@example.com", purpose: "people.email/a")
        #expect(index.count == 16)
        #expect(index == ring.blindIndex("ada@example.com", purpose: "people.email/a"))
        #expect(index != ring.blindIndex("ada@example.com", purpose: "people.email/b"))
        #expect(try index != KeyRing(keys: [Self.new]).blindIndex("ada@example.com", purpose: "people.email/a"))
        #expect(ring.blindIndexes(["x", "y"], purpose: "p") == [ring.blindIndex("x", purpose: "p"), ring.blindIndex("y", purpose: "p")])
    }

    @Test(arguments: ["", "# only a remark\n", "k1 c2VjcmV0\n", "k1\n", "k1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE= more\n"])
    func aWrongFileIsRefusedWithoutNamingWhatStandsInIt(content: String) throws {
        let path = try file(content)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = try #require(throws: FieldEncryptionError.self) { try KeyRing(file: path) }
        #expect("\(error)".contains(path))
        for word in content.split(whereSeparator: \.isWhitespace) where word.count > 4 { #expect(!"\(error)".contains(word)) }
    }

    @Test func aFileWithRemarksAndTwoKeysIsRead() throws {
        let lines = "# keys\n\n2026 \(Self.new.key.base64EncodedString())\n2025 \(Self.old.key.base64EncodedString())\n"
        let path = try file(lines)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let sealed = try KeyRing(keys: [Self.new]).seal("Ada", context: "c")
        #expect(try KeyRing(file: path).open(sealed, context: "c") == "Ada")
        #expect(throws: FieldEncryptionError.self) { try KeyRing(file: path + ".missing") }
        #expect(throws: FieldEncryptionError.self) { try KeyRing(keys: [Self.old, Self.old]) }
    }

    @Test func keysDoNotPrintThemselves() throws {
        let ring = try KeyRing(keys: [Self.old])
        var text = ""
        dump(ring, to: &text)
        dump(try ring.newDataKey(context: "c").key, to: &text)
        #expect(!text.contains("0101010101") && !text.contains("1, 1, 1, 1"))
    }

    private func file(_ content: String) throws -> String {
        let path = NSTemporaryDirectory() + "keys-\(UUID().uuidString)"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
