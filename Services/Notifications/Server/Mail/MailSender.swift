import ContractKit
import Foundation

/// Who mails come from: `gym@example.com` or `Palestra <gym@example.com>`. Pure.
struct MailSender: Hashable, Sendable {
    /// For the envelope, which knows no names.
    let address: String
    /// For the `From` header.
    let header: String

    /// Nil when there is no email address in it, or something that no line of text holds.
    init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.rangeOfCharacter(from: .controlCharacters) == nil else { return nil }
        guard text.hasSuffix(">"), let bracket = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(rawValue: text) else { return nil }
            (self.address, header) = (address.rawValue, address.rawValue)
            return
        }
        guard let address = EmailAddress(rawValue: String(text[text.index(after: bracket)...].dropLast())) else { return nil }
        let name = text[..<bracket].trimmingCharacters(in: .whitespacesAndNewlines.union(["\""]))
        self.address = address.rawValue
        // Encoded whatever it holds: commas and quotes mean something in a header. Folded, for lines with encoded words are short.
        header = name.isEmpty ? address.rawValue : "\(MailRules.encodedWords(name))\r\n <\(address.rawValue)>"
    }
}
