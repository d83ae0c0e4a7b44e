import Foundation
import Testing

@testable import FileStore

@Suite struct S3Tests {
    /// The examples of "Authenticating Requests: Using the Authorization Header" in the Amazon S3 API reference.
    @Test func signaturesAreThoseOfThePublishedExamples() throws {
        let credentials = S3Credentials(
            accessKeyID: S3StandIn.accessKeyID, secretAccessKey: S3StandIn.secretAccessKey, region: "us-east-1")
        let signature = S3Signature(credentials, now: Date(timeIntervalSince1970: 1_369_353_600))
        #expect(signature.moment == "20130524T000000Z")
        let nothing = S3Signature.hash(Data())
        #expect(nothing == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        func signed(
            _ method: String, _ path: String, _ query: [(String, String)] = [], _ more: [String: String] = [:], _ hash: String? = nil
        ) -> Substring? {
            let headers = [
                "host": "examplebucket.s3.amazonaws.com", "x-amz-content-sha256": hash ?? nothing, "x-amz-date": signature.moment,
            ].merging(more) { $1 }
            let field = signature.authorization(method, path: path, query: query, headers: headers, payloadHash: hash ?? nothing)
            return field.split(separator: "Signature=").last
        }
        #expect(
            signed("GET", "/test.txt", [], ["range": "bytes=0-9"])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            signed(
                "PUT", "/test%24file.text", [],
                ["date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"],
                S3Signature.hash(Data("Welcome to Amazon S3.".utf8)))
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
        #expect(signed("GET", "/", [("lifecycle", "")]) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        #expect(
            signed("GET", "/", [("max-keys", "2"), ("prefix", "J")])
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func objectsAreWrittenReadAndRemovedWithSignaturesThatAWSsOwnLibraryWorksOut() async throws {
        try await S3StandIn.run { s3 in
            let store = try s3.store()
            let (one, other) = (UUID(), UUID())
            let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            try await store.write(bytes, to: one)
            try await store.write(Data([1]), to: other)
            #expect(try await store.read(one) == bytes)
            #expect(try await store.read(other) == Data([1]))
            try await store.remove(one)
            try await store.remove(one)
            await #expect { try await store.read(one) } throws: { error in
                if case FileStoreError.missing? = error as? FileStoreError { true } else { false }
            }
            #expect(try await store.read(other) == Data([1]))
        }
    }

    @Test func whatTheStoreRefusesIsAway() async throws {
        try await S3StandIn.run { s3 in
            for store in [
                try s3.store(secret: "another"), try s3.store(region: "us-east-1"), try s3.store(bucket: "another"),
                try s3.store(now: { Date(timeIntervalSinceNow: -3600) }),
                try S3FileStore(
                    endpoint: "http://127.0.0.1:1", bucket: "palestra", region: "us-east-1", accessKeyID: "a", secretAccessKey: "b",
                    limit: 1),
            ] {
                await #expect { try await store.write(Data([1]), to: UUID()) } throws: { Self.isAway($0) }
                await #expect { try await store.read(UUID()) } throws: { Self.isAway($0) }
                await #expect { try await store.remove(UUID()) } throws: { Self.isAway($0) }
            }
            let id = UUID()
            try await s3.store().write(Data(count: 100), to: id)
            await #expect { try await s3.store(limit: 99).read(id) } throws: { Self.isAway($0) }
        }
    }

    private static func isAway(_ error: any Error) -> Bool {
        guard case FileStoreError.away(let reason)? = error as? FileStoreError else { return false }
        return !reason.contains(S3StandIn.secretAccessKey)
    }

    @Test(arguments: [
        "http://s3.example.com", "ftp://127.0.0.1", "https://u:p@s3.example.com", "https://s3.example.com/bucket",
        "https://s3.example.com?x=y", "s3.example.com", "",
    ]) func addressesThatOthersCouldReadAreRefused(_ endpoint: String) {
        #expect(throws: FileStoreError.self) {
            try S3FileStore(
                endpoint: endpoint, bucket: "palestra", region: "us-east-1", accessKeyID: "a", secretAccessKey: "b", limit: 1)
        }
    }
}
