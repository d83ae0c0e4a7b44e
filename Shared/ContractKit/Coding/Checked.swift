/// One element of a list in which some may be wrong: the value, or what is wrong with it.
///
/// Imports use it, so that one bad row costs that row and not the file.
public enum Checked<Value: Codable & Sendable>: Codable, Sendable {
    case valid(Value)
    /// The pointer starts at the document's root: `#/357/level`.
    case invalid(FieldError)

    public init(from decoder: any Decoder) throws {
        do {
            self = .valid(try Value(from: decoder))
        } catch let error as DecodingError {
            guard let field = Problem(error).errors?.first else { throw error }
            self = .invalid(field)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .valid(let value): try value.encode(to: encoder)
        case .invalid(let field): try field.encode(to: encoder)
        }
    }
}
