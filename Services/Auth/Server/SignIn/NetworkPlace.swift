import Foundation

/// Where a request comes from, as far as tries are counted: an IPv4 address, or the /64 network of an IPv6 address.
///
/// A household has a whole /64, and could ask from another of its addresses each time.
struct NetworkPlace: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ address: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, address, &bytes) == 1 else {
            description = address
            return
        }
        // An IPv4 address, as a listener for both sees it.
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]) {
            description = bytes[12...].map(String.init).joined(separator: ".")
        } else {
            description = bytes[..<8].map { String(format: "%02x", $0) }.joined() + "/64"
        }
    }
}
