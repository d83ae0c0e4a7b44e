import Foundation
import NIOCore
import ServiceKit

extension EdgeConfiguration {
    /// - Throws: `SettingError` that names the variable at fault.
    init(_ settings: Settings, services: [String]) throws {
        host = try settings.string("EDGE_HOST", default: "127.0.0.1")
        port = try settings.int("EDGE_PORT", in: 1...65535)
        rateLimit = try settings.int("RATE_LIMIT", in: 1...10_000_000, default: 1200)
        anonymousRateLimit = try settings.int("RATE_LIMIT_ANONYMOUS", in: 1...10_000_000, default: 300)
        times.request = .seconds(Int64(try settings.int("REQUEST_TIMEOUT_SECONDS", in: 1...3600, default: 30)))
        times.leave = .seconds(Int64(try settings.int("LEAVE_SECONDS", in: 0...60, default: 2)))
        corsOrigins = Set(try settings.list("CORS_ORIGINS", default: []))
        for service in services {
            let name = "\(service.uppercased())_UPSTREAMS"
            upstreams[service] = try settings.list(name).map { text in
                guard let endpoint = Endpoint(text) else { throw SettingError("\(name): \(text) is not host:port") }
                return endpoint
            }
        }
        if !(try settings.string("EDGE_ADMIN_PORT", default: "")).isEmpty {
            adminPort = try settings.int("EDGE_ADMIN_PORT", in: 1...65535)
        }
        let certificate = try settings.string("EDGE_TLS_CERT_FILE", default: "")
        let key = try settings.string("EDGE_TLS_KEY_FILE", default: "")
        guard certificate.isEmpty == key.isEmpty else {
            throw SettingError("EDGE_TLS_CERT_FILE and EDGE_TLS_KEY_FILE must be set together")
        }
        if !certificate.isEmpty {
            guard FileManager.default.isReadableFile(atPath: certificate) else {
                throw SettingError("EDGE_TLS_CERT_FILE: \(certificate) cannot be read")
            }
            guard FileManager.default.isReadableFile(atPath: key) else { throw SettingError("EDGE_TLS_KEY_FILE: \(key) cannot be read") }
            tls = TLSFiles(certificate: certificate, key: key)
        }
    }
}
