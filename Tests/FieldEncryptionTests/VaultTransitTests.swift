import ContractKit
import Foundation
import TestSupport
import Testing

@testable import FieldEncryption

@Suite struct VaultTransitTests {
    private func provider(_ vault: VaultStandIn, lease: Duration = .seconds(300)) throws -> VaultTransit {
        try VaultTransit(address: vault.address, tokenFile: vault.tokenFile, lease: lease)
    }

    @Test func aNewVersionSealsOnceEverybodyHasIt() async throws {
        try await withVault { vault in
            let provider = try provider(vault)
            let ring = try await KeyRing.open(provider)
            let before = try ring.seal("Ada", context: "c")
            let moment = Date()
            vault.rotate(at: moment)

            let atOnce = try await provider.masterKeys(now: moment)
            #expect(atOnce.keys.map(\.id) == ["palestra:v2", "palestra:v1"])
            #expect(atOnce.sealing == 1)
            let later = try await provider.masterKeys(now: moment + MasterKeys.handover + 1)
            #expect(later.sealing == 0)

            // Whoever looks a little later than its neighbour reads what that has sealed.
            let neighbour = try KeyRing(keys: later.keys.map { ($0.id, $0.bytes) })
            let after = try neighbour.seal("Ada", context: "c")
            #expect(throws: FieldEncryptionError.unknownKey("palestra:v2")) { try ring.open(after, context: "c") }
            try await ring.refresh(from: provider)
            #expect(try ring.open(after, context: "c") == "Ada")
            #expect(try ring.open(before, context: "c") == "Ada")
        }
    }

    @Test func aRetiredVersionOpensNothing() async throws {
        try await withVault { vault in
            let provider = try provider(vault)
            let ring = try await KeyRing.open(provider)
            let sealed = try ring.seal("Ada", context: "c")
            vault.rotate(at: Date(timeIntervalSince1970: 1))
            try await ring.refresh(from: provider)
            let resealed = try #require(try ring.reseal(sealed, context: "c"))
            vault.retireVersions(before: 2)
            try await ring.refresh(from: provider)
            #expect(throws: FieldEncryptionError.unknownKey("palestra:v1")) { try ring.open(sealed, context: "c") }
            #expect(try ring.open(resealed, context: "c") == "Ada")
        }
    }

    @Test func withoutVaultNothingOpensAfterTheLease() async throws {
        try await withVault { vault in
            let brief = try provider(vault, lease: .milliseconds(50))
            let ring = try await KeyRing.open(provider(vault))
            let sealed = try ring.seal("Ada", context: "c")
            vault.seal()
            await #expect(throws: FieldEncryptionError.keys("Vault answered 503 to transit/keys/palestra")) {
                try await ring.refresh(from: brief)
            }
            #expect(try ring.open(sealed, context: "c") == "Ada", "the lease still runs")

            vault.unseal()
            try await ring.refresh(from: brief)
            try await eventually { (try? ring.open(sealed, context: "c")) == nil }
            #expect(throws: FieldEncryptionError.away) { try ring.open(sealed, context: "c") }
            #expect(throws: FieldEncryptionError.away) { try ring.seal("Ada", context: "c") }
            #expect(throws: FieldEncryptionError.away) { try ring.newDataKey(context: "c") }

            try await ring.refresh(from: provider(vault))
            #expect(try ring.open(sealed, context: "c") == "Ada")
        }
    }

    @Test func whatIsWrongIsSaidWithoutTheToken() async throws {
        try await withVault { vault in
            let token = try String(contentsOfFile: vault.tokenFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            func refusal(_ provider: VaultTransit) async throws -> String {
                let error = try await #require(throws: FieldEncryptionError.self) { try await provider.masterKeys() }
                #expect(!"\(error)".contains(token))
                return "\(error)"
            }
            #expect(try await refusal(VaultTransit(address: vault.address, key: "other", tokenFile: vault.tokenFile)).contains("404"))
            #expect(try await refusal(VaultTransit(address: vault.address, tokenFile: "/nowhere")).contains("token"))
            vault.revokeToken()
            #expect(try await refusal(provider(vault)).contains("403"))
            await vault.stop()
            #expect(try await refusal(provider(vault)).contains("does not answer"))
        }
    }

    @Test(arguments: [
        "http://vault.example.com:8200", "ftp://127.0.0.1", "nonsense", "https://root@vault.example.com", "https://vault?x=1",
    ])
    func onlyAddressesThatKeepTheTokenSecretAreTaken(address: String) {
        #expect(throws: FieldEncryptionError.self) { try VaultTransit(address: address, tokenFile: "/nowhere") }
    }

    @Test func aKeyThatChangesUnderItsIDIsRefused() async throws {
        struct Given: KeyProvider {
            let lease: Duration? = nil
            let byte: UInt8
            func masterKeys() async throws -> MasterKeys { try MasterKeys([.init(id: "k", bytes: Data(repeating: byte, count: 32))]) }
        }
        let ring = try await KeyRing.open(Given(byte: 1))
        let sealed = try ring.seal("Ada", context: "c")
        await #expect(throws: FieldEncryptionError.self) { try await ring.refresh(from: Given(byte: 2)) }
        #expect(try ring.open(sealed, context: "c") == "Ada")
    }

    @Test func aNewLineOfTheKeyFileSealsOnceEverybodyHasIt() throws {
        let path = NSTemporaryDirectory() + "keys-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (old, new) = (Data(repeating: 1, count: 32).base64EncodedString(), Data(repeating: 2, count: 32).base64EncodedString())
        try "m1 \(old)\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try KeyFile(path).read(now: Date()).sealing == 0, "there is no other")
        try "m2 \(new)\nm1 \(old)\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try KeyFile(path).read(now: Date()).sealing == 1)
        #expect(try KeyFile(path).read(now: Date() + MasterKeys.handover + 1).sealing == 0)
    }
}
