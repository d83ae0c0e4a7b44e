import AuthContract
import BillingContract
import ContractKit
import Foundation
import Logging
import NIOCore
import NotificationsContract
import SchedulingContract
import ServiceKit
import ServiceLifecycle
import UnixSignals
import WorkoutsContract

@main struct Main {
    static var contracts: [any ServiceContract.Type] {
        [AuthContract.self, SchedulingContract.self, WorkoutsContract.self, BillingContract.self, NotificationsContract.self]
    }

    static func main() async {
        do {
            try await serve(Settings(ProcessInfo.processInfo.environment))
        } catch {
            FileHandle.standardError.write(Data("edge: \(sentence(error))\n".utf8))
            exit(1)
        }
    }

    private static func serve(_ settings: Settings) async throws {
        let logger = Logger(label: "edge")
        let configuration = try EdgeConfiguration(settings, services: contracts.map { $0.name })
        let keysFile = try settings.string("TOKEN_KEYS_FILE")
        let keys: TokenKeys
        do { keys = try TokenKeys(file: keysFile) } catch { throw SettingError("TOKEN_KEYS_FILE: \(keysFile) cannot be used: \(error)") }
        let ended = EndedSessions()
        let edge = try Edge(configuration, contracts: contracts, keys: keys, ended: ended, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: EdgeService(edge: edge))], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw SettingError("EDGE_PORT: \(configuration.host):\(configuration.port) is taken by another process")
        }
    }

    private static func sentence(_ error: any Error) -> String {
        "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
