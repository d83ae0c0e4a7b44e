public import ArgumentParser
public import ContractKit
public import FieldEncryption
public import FileStore
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

    /// The files of people in the service's schema, and the largest that is taken, in bytes: `FILES_DIRECTORY`, or `S3_ENDPOINT`,
    /// `S3_BUCKET`, `S3_REGION` (us-east-1), `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`; `FILES_LIMIT` (10 MiB).
    ///
    /// - Throws: ``SettingError`` when no setting says where they lie, or two do.
    public func files(of service: String) throws -> (files: Files, limit: Int) {
        let limit = try settings.int("FILES_LIMIT", in: 1024...FileContent.longest, default: 10 << 20)
        let (folder, endpoint) = (try settings.string("FILES_DIRECTORY", default: ""), try settings.string("S3_ENDPOINT", default: ""))
        guard folder.isEmpty != endpoint.isEmpty else {
            throw SettingError(
                folder.isEmpty ? "FILES_DIRECTORY is missing, and S3_ENDPOINT as well" : "FILES_DIRECTORY and S3_ENDPOINT: only one of them"
            )
        }
        do {
            let store: any FileStore =
                folder.isEmpty
                ? try S3FileStore(
                    endpoint: endpoint, bucket: settings.string("S3_BUCKET", default: ""),
                    region: settings.string("S3_REGION", default: "us-east-1"), accessKeyID: settings.string("S3_ACCESS_KEY_ID"),
                    secretAccessKey: settings.string("S3_SECRET_ACCESS_KEY"), limit: 2 * FileContent.longest)
                : try DiskFileStore(folder: folder)
            return (Files(store, keys: try keyRing(), service: service), limit)
        } catch let error as FileStoreError {
            throw SettingError("FILES_DIRECTORY or S3_ENDPOINT: \(error)")
        }
    }
}

/// One of the five services.
public protocol PalestraService: SendableMetatype {
    associatedtype Contract: ServiceContract
    /// Reads its settings and puts its parts together. Opens no connection: tests call it as well.
    static func build(_ context: ServiceContext) throws -> ServiceParts
    /// What it reacts to, for the topology, which is declared before any database is at hand.
    static var hears: [any Event.Type] { get }
    /// Every table of its schema, and what becomes of a person's rows when they are erased.
    static var tables: [PersonalTable] { get }
    /// What its command line has beyond every service's.
    static var commands: [any ParsableCommand.Type] { get }
}

extension PalestraService {
    public static var commands: [any ParsableCommand.Type] { [] }
}

/// The command line of a service: `serve` (the default), `check`, `topology`, `dead-letters list|replay|discard`, `outbox replay`, `jobs`,
/// `audit verify`.
public enum ServiceCommand<S: PalestraService> {
    /// Runs the command line and ends the process with its status; a wrong setting is one line on standard error.
    public static func main() async { await RootCommand<S>.main() }
}
