import Foundation

/// When a mail is tried again, and how its bytes look. Pure.
enum MailRules {
    static let mostAttempts = 8

    /// Seconds before the next attempt after `attempts` failed ones: 10 s, growing sixfold to an hour.
    static func wait(after attempts: Int) -> Int {
        [10, 60, 360][min(max(attempts, 1), 4) - 1, default: 3600]
    }

    /// An RFC 5322 message. Subject and body are encoded whole, so that nothing in them can become a header or an SMTP command.
    static func message(id: String, from: String, to: String, subject: String, body: String, date: Date) -> Data {
        // Text travels with the line ends of mail (RFC 2045, 6.8).
        let text = body.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        let lines = [
            "Message-ID: <\(id)@palestra>", "Date: \(rfc5322(date))", "From: \(from)", "To: \(to)", "Subject: \(encodedWords(subject))",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated", "",
            Data(text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]), "",
        ]
        return Data(lines.joined(separator: "\r\n").utf8)
    }

    /// RFC 2047: words of which none splits a code point, in lines of at most 76 characters, the first one's `Subject: ` included.
    static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var chunk = ""
        // By code points, not characters: an emoji of several people alone can be longer than a word.
        for scalar in text.unicodeScalars {
            if chunk.utf8.count + String(scalar).utf8.count > 39 {
                words.append(chunk)
                chunk = ""
            }
            chunk.unicodeScalars.append(scalar)
        }
        words.append(chunk)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func rfc5322(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int?) -> String { String(String(100 + (number ?? 0)).dropFirst()) }
        return "\(parts.day ?? 1) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 1970) "
            + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
    }
}

extension Array {
    fileprivate subscript(index: Int, default fallback: Element) -> Element {
        indices.contains(index) ? self[index] : fallback
    }
}
