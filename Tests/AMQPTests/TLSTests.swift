import AMQP
import Foundation
import Testing

/// Whom a connection trusts, tried with certificates made for the test and a TLS server that speaks no AMQP.
@Suite struct TLSTests {
    private func withServer(certificateFor name: String, _ body: (Int, _ files: String) async throws -> Void) async throws {
        let files = FileManager.default.temporaryDirectory.appending(path: "amqp-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: files) }
        for authority in ["ca", "other"] {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(authority)", "-keyout", "\(files)/\(authority).key", "-out", "\(files)/\(authority).pem")
        }
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
            "-addext", "subjectAltName=DNS:\(name)", "-CA", "\(files)/ca.pem", "-CAkey", "\(files)/ca.key",
            "-keyout", "\(files)/server.key", "-out",
            "\(files)/server.pem")
        let port = try TestProxy.freePort()
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/openssl")
        server.arguments = [
            "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(files)/server.pem", "-key", "\(files)/server.key", "-quiet", "-rev",
        ]
        server.standardInput = Pipe()
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        // It has inherited the signals that this thread blocks, the polite one among them.
        defer { kill(server.processIdentifier, SIGKILL) }
        try await body(port, files)
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// The words with which a connection fails, once the server is up.
    private func failure(_ port: Int, caFile: String) async throws -> String {
        let address = try BrokerAddress("amqps://localhost:\(port)", caFile: caFile)
        var words = ""
        try await eventually {
            let channel = TopologyChannel(BrokerConfiguration(address, connectionName: "tls"), logger: quiet)
            do { try await channel.connect() } catch { words = "\(error)" }
            await channel.close()
            return !words.contains("socket error")
        }
        return words
    }

    @Test func refusesACertificateForAnotherName() async throws {
        try await withServer(certificateFor: "elsewhere.example") { port, files in
            let words = try await failure(port, caFile: "\(files)/ca.pem")
            #expect(words.contains("hostname verification failed"))
        }
    }

    @Test func refusesACertificateOfAnotherAuthority() async throws {
        try await withServer(certificateFor: "localhost") { port, files in
            let words = try await failure(port, caFile: "\(files)/other.pem")
            #expect(words.contains("peer cert verification failed"))
        }
    }

    @Test func getsPastTLSWhenBothAreRight() async throws {
        try await withServer(certificateFor: "localhost") { port, files in
            let words = try await failure(port, caFile: "\(files)/ca.pem")
            // What fails is the login, because nobody there speaks AMQP.
            #expect(words.contains("login"))
        }
    }

    @Test func aMissingFileOfAuthoritiesIsAnErrorOfTheConfiguration() async throws {
        let address = try BrokerAddress("amqps://localhost:1", caFile: "/nonexistent.pem")
        let channel = TopologyChannel(BrokerConfiguration(address, connectionName: "tls"), logger: quiet)
        await #expect { try await channel.connect() } throws: { ($0 as? BrokerError)?.kind == .configuration }
        await channel.close()
    }
}
