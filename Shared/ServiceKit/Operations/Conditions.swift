import ContractKit
import HTTPTypes

// Conditional requests (RFC 9110, section 13). A row's version is its entity tag: `"v7"`.

extension Versioned {
    var entityTag: String { "\"v\(version)\"" }
}

extension Exchange {
    /// The version that `If-Match` asks for; nil when it asks for none, or for any (`*`).
    ///
    /// - Throws: 412 for a tag that none of our answers can have carried (a weak one among them), 400 for what is no tag.
    func expectedVersion() throws -> Int64? {
        guard let field = headers[.ifMatch] else { return nil }
        let value = field.trimming(" \t")
        if value == "*" { return nil }
        let strong = value.hasPrefix("W/") ? value.dropFirst(2) : value
        guard strong.count >= 2, strong.hasPrefix("\""), strong.hasSuffix("\""), !strong.dropFirst().dropLast().contains("\"") else {
            throw Problem(.badRequest, detail: "If-Match must be one entity tag as an ETag header gave it, or *")
        }
        guard strong.startIndex == value.startIndex, strong.hasPrefix("\"v"), let version = Int64(strong.dropFirst(2).dropLast()),
            version > 0
        else { throw Problem(.preconditionFailed) }
        return version
    }

    /// Whether `If-None-Match` names `tag`, compared weakly.
    func knows(_ tag: String) -> Bool {
        guard let field = headers[.ifNoneMatch] else { return false }
        return field.split(separator: ",").contains { part in
            let known = part.trimming(" \t")
            return known == "*" || known == tag || known == "W/" + tag
        }
    }
}

extension Answer {
    /// 304 when the client has this version already.
    func unlessKnown(to exchange: Exchange) -> Answer {
        guard let tag = headers[.eTag], exchange.knows(tag) else { return self }
        var answer = self
        answer.status = 304
        answer.body.removeAll()
        answer.headers[.contentType] = nil
        return answer
    }
}

extension StringProtocol {
    func trimming(_ characters: String) -> Substring {
        var text = Substring(self)
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
