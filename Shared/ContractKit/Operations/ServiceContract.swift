/// Everything others may know of a service. The edge routes from these, the SDK calls by them, the documents list them.
public protocol ServiceContract: SendableMetatype {
    /// Name of the executable, the schema, the role and the event source: `scheduling`.
    static var name: String { get }
    static var summary: String { get }
    static var operations: [any APIOperation.Type] { get }
    /// The events it says.
    static var events: [any Event.Type] { get }
}
