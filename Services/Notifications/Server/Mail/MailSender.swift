import ContractKit
import Foundation

/// Who mails come from: `gym@example.com` or `Palestra <gym@example.com>`. Pure.
struct MailSender: Hashable, Sendable {
    /// For the envelope, which knows no names.
    let address: String
    /// For the `From` header.
    let header: String

    /// Nil when there is no email address in it.
    init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasSuffix(">"), let bracket = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(rawValue: text) else { return nil }
            (self.address, header) = (address.rawValue, address.rawValue)
            return
        }
        guard let address = EmailAddress(rawValue: String(text[text.index(after: bracket)...].dropLast())) else { return nil }
        let name = text[..<bracket].trimmingCharacters(in: .whitespacesAndNewlines.union(["\""]))
        self.address = address.rawValue
        // Encoded whatever it holds: commas, quotes and line breaks mean something in a header.
        header = name.isEmpty ? address.rawValue : "\(MailRules.encodedWords(name)) <\(address.rawValue)>"
    }
}
