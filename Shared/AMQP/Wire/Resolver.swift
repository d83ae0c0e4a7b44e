import Dispatch
import Foundation
import Synchronization

/// Looks a host up with a deadline: `getaddrinfo` has none.
enum Resolver {
    /// - Returns: numeric addresses in the system's order of preference.
    static func addresses(of host: String, within limit: Duration) throws(BrokerError) -> [String] {
        if let literal = try? lookUp(host, flags: AI_NUMERICHOST) { return literal }
        let found = Answer()
        startThread("resolver") {
            found.result.withLock { $0 = Result { () throws(BrokerError) in try lookUp(host, flags: 0) } }
            found.isThere.signal()
        }
        // When it takes longer, that thread ends by itself some time later.
        guard found.isThere.wait(timeout: .now() + .milliseconds(Int(limit / .milliseconds(1)))) == .success else {
            throw BrokerError(.connectionFailed, "the broker's name was not resolved in time")
        }
        guard let result = found.result.withLock({ $0 }) else { throw BrokerError(.connectionFailed, "the broker's name was not resolved") }
        return try result.get()
    }

    private final class Answer: Sendable {
        let result = Mutex<Result<[String], BrokerError>?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    private static func lookUp(_ host: String, flags: Int32) throws(BrokerError) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = 1  // SOCK_STREAM, whose Swift type differs between platforms.
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { throw BrokerError(.connectionFailed, "the broker's name: \(String(cString: gai_strerror(status)))") }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let current = entry {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
            {
                let address = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            entry = current.pointee.ai_next
        }
        return addresses
    }
}
