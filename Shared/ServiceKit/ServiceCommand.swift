import ArgumentParser
public import ContractKit
public import FieldEncryption
public import Logging
public import Messaging
public import Postgres
public import ServiceLifecycle

/// What a service is made of; ``ServiceCommand`` runs it.
public struct ServiceParts: Sendable {
    public var endpoints: [Endpoint]
    public var reactions: [any Reaction]
    public var listeners: [any Listener]
    /// What it does by itself from time to time.
    public var jobs: [Job]
    /// What runs beside them until shutdown.
    public var services: [any Service]

    public init(
        endpoints: [Endpoint], reactions: [any Reaction] = [], listeners: [any Listener] = [], jobs: [Job] = [],
        services: [any Service] = []
    ) {
        self.endpoints = endpoints
        self.reactions = reactions
        self.listeners = listeners
        self.jobs = jobs
        self.services = services
    }
}

/// What a service gets to build itself from.
public struct ServiceContext: Sendable {
    public var settings: Settings
    public var database: Database
    public var logger: Logger
    private let keys: KeyRing?

    public init(settings: Settings, database: Database, keys: KeyRing?, logger: Logger) {
        self.settings = settings
        self.database = database
        self.keys = keys
        self.logger = logger
    }

    /// The master keys of the installation.
    ///
    /// - Throws: ``SettingError`` when no setting says where they are.
    public func keyRing() throws -> KeyRing {
        guard let keys else { throw SettingError("MASTER_KEYS_FILE is missing, and VAULT_ADDR as well") }
        return keys
    }
}

/// One of the five services.
public protocol PalestraService: SendableMetatype {
    associatedtype Contract: ServiceContract
    /// Reads its settings and puts its parts together. Opens nothing: tests call it as well.
    static func build(_ context: ServiceContext) throws -> ServiceParts
    /// What it reacts to, for the topology, which is declared before any database is at hand.
    static var hears: [any Event.Type] { get }
}

/// The command line of a service: `serve` (the default), `check`, `topology`, `dead-letters list|replay|discard`, `outbox replay`, `jobs`,
/// `audit verify`.
public enum ServiceCommand<S: PalestraService> {
    /// Runs the command line and ends the process with its status; a wrong setting is one line on standard error.
    public static func main() async { await RootCommand<S>.main() }
}
