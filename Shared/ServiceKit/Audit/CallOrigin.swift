import ContractKit
import Foundation
import Postgres

extension Call {
    /// What the audit log says of this call. An address that is none would fail the change that it is written with.
    var origin: Origin {
        Origin(
            by: O.name, requestID: requestID, address: IPAddress.text(address), userAgent: userAgent.oneLine(atMost: 200),
            loginSession: optionalCaller?.loginSessionID.description ?? "")
    }
}

enum IPAddress {
    /// The address when it is one, IPv4 or IPv6, without the name of a network interface; else nothing.
    static func text(_ text: String) -> String {
        let address = String(text.prefix { $0 != "%" })
        guard address.utf8.count <= 45 else { return "" }
        var bytes = in6_addr()
        return inet_pton(AF_INET, address, &bytes) == 1 || inet_pton(AF_INET6, address, &bytes) == 1 ? address : ""
    }
}

extension String {
    /// The beginning, of so many Unicode scalars at most, with spaces for line breaks and all else that is no sign.
    func oneLine(atMost count: Int) -> String {
        if utf8.count <= count, utf8.allSatisfy({ (32...126).contains($0) }) { return self }
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(count) { line.append(scalar.properties.generalCategory == .control ? " " : scalar) }
        return String(line)
    }
}
