import ContractKit

/// A JSON schema in words and tables.
enum SchemaTable {
    /// What a value is, in a few words, with a link where it has a name.
    static func words(_ schema: JSONValue) -> String {
        if case .string(let reference)? = schema["$ref"] {
            let name = reference.split(separator: "/").last.map(String.init) ?? reference
            return "<a href=\"#schema-\(HTML.escape(name))\">\(HTML.escape(name))</a>"
        }
        if case .array(let choices)? = schema["anyOf"] { return choices.map(words).joined(separator: " or ") }
        if case .array(let values)? = schema["enum"] {
            return values.map { "<code>\(HTML.escape(text($0)))</code>" }.joined(separator: ", ")
        }
        if let value = schema["const"] { return "<code>\(HTML.escape(text(value)))</code>" }
        guard case .string(let type)? = schema["type"] else { return "any JSON" }
        switch type {
        case "array": return "list of \(schema["items"].map(words) ?? "anything")"
        case "string": return schema["format"].map { HTML.escape(text($0)) } ?? "string"
        default: return type
        }
    }

    /// Its limits, as the schema states them.
    static func rules(_ schema: JSONValue) -> String {
        var rules: [String] = []
        let pairs = [("minLength", "maxLength", "characters"), ("minimum", "maximum", ""), ("minItems", "maxItems", "items")]
        for (low, high, unit) in pairs {
            switch (schema[low], schema[high]) {
            case (let low?, let high?): rules.append("\(text(low)) to \(text(high)) \(unit)")
            case (let low?, nil): rules.append("at least \(text(low)) \(unit)")
            case (nil, let high?): rules.append("at most \(text(high)) \(unit)")
            case (nil, nil): break
            }
        }
        if let pattern = schema["pattern"] { rules.append("<code>\(HTML.escape(text(pattern)))</code>") }
        if let about = schema["description"] { rules.append(HTML.escape(text(about))) }
        if let items = schema["items"] { rules.append(Self.rules(items)) }
        return rules.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// The members of an object; for anything else, what it is.
    static func table(_ schema: JSONValue) -> String {
        guard case .object(let members)? = schema["properties"], !members.isEmpty else { return "<p>\(words(schema))</p>" }
        var required: Set<String> = []
        if case .array(let names)? = schema["required"] { required = Set(names.map(text)) }
        let rows = members.sorted { $0.key < $1.key }.map { name, schema in
            row(name, schema, note: required.contains(name) ? "" : "optional")
        }
        return frame(rows)
    }

    static func row(_ name: String, _ schema: JSONValue, note: String) -> String {
        let tag = note.isEmpty ? "" : " <span class=\"tag\">\(note)</span>"
        return "<tr><td><code>\(HTML.escape(name))</code>\(tag)</td><td>\(words(schema))</td><td>\(rules(schema))</td></tr>"
    }

    static func frame(_ rows: [String]) -> String {
        "<div class=\"scroll\"><table class=\"fields\"><tr><th>Name</th><th>Type</th><th>Rules</th></tr>\(rows.joined())</table></div>"
    }

    static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): String(flag)
        case .null: "null"
        case .array, .object: "…"
        }
    }
}
