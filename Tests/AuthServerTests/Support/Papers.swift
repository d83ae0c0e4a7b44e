import AuthContract
import ContractKit
import FileStore
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

/// A gym with a trainer who has papers.
struct Papers: Sendable {
    let gym: Staff
    let database: TestDatabase
    let tina: SignedInTrainer
    /// An admin who trains nobody.
    let admin: String
    let adminID: PersonID

    var auth: ServiceUnderTest { gym.auth }
    var folder: String { auth.keys.settings["FILES_DIRECTORY"] ?? "" }

    init(_ gym: Staff, _ database: TestDatabase) async throws {
        (self.gym, self.database) = (gym, database)
        tina = try await gym.trainer("Tina")
        let made = try await gym.trainer("Andy")
        try await gym.auth.call(AddRole(personID: made.id, role: .admin), token: gym.owner)
        try await gym.auth.call(RemoveRole(personID: made.id, role: .trainer), token: gym.owner)
        (adminID, admin) = (made.id, try await gym.auth.login("andy@example.com").accessToken)
    }

    func add(
        _ kind: TrainerDocumentKind = .certification, number: Line? = nil, expiresOn: LocalDay? = nil, by token: String? = nil
    ) async throws -> TrainerDocument {
        try await auth.call(
            CreateTrainerDocument(trainerID: tina.id),
            body: .init(kind: kind, title: "Strength coach", issuer: "The Board", number: number, expiresOn: expiresOn),
            token: token ?? tina.token)
    }

    @discardableResult
    func upload(
        _ file: FileContent = SampleFiles.pdf(), to document: TrainerDocument, by token: String? = nil, key: String? = nil
    ) async throws -> TrainerDocument {
        try await auth.call(
            UploadTrainerDocument(trainerID: tina.id, documentID: document.id), body: file, token: token ?? tina.token,
            idempotencyKey: key)
    }

    func download(_ document: TrainerDocument, by token: String? = nil) async throws -> FileContent {
        try await auth.call(DownloadTrainerDocument(trainerID: tina.id, documentID: document.id), token: token ?? tina.token)
    }

    func list(by token: String? = nil) async throws -> [TrainerDocument] {
        try await auth.call(ListTrainerDocuments(trainerID: tina.id), token: token ?? tina.token).data
    }

    @discardableResult
    func settle(
        _ document: TrainerDocument, _ state: VerifyTrainerDocument.Finding = .verified, reason: Paragraph? = nil, by token: String? = nil
    ) async throws -> TrainerDocument {
        try await auth.call(
            VerifyTrainerDocument(trainerID: tina.id, documentID: document.id),
            body: .init(state: state, reason: reason, version: SeenVersion(rawValue: Int(document.version))!), token: token ?? gym.owner)
    }

    func path(_ document: TrainerDocument, _ rest: String = "/file") -> String {
        "/v1/trainers/\(tina.id)/documents/\(document.id)\(rest)"
    }

    /// What lies in the store.
    func objects() throws -> [String] {
        (FileManager.default.subpaths(atPath: folder) ?? []).filter { $0.contains("/") }.map { "\(folder)/\($0)" }
    }

    /// A run of the job that removes what no file needs.
    func tidy() async throws {
        let files = Files(try DiskFileStore(folder: folder), keys: try auth.keys.ring(), service: "auth")
        try await again(.looseFiles(files))
    }

    /// A job's run, as if it were due.
    func again(_ job: Job) async throws {
        try await database.sql("update auth.jobs set next_run_at = now() where name = '\(job.name)'")
        try await auth.run(job)
        #expect(try await database.sql("select last_error from auth.jobs where name = '\(job.name)' and failures > 0") == "")
    }
}

/// Runs auth with a gym in it, in which a trainer has papers.
func withPapers(settings: [String: String] = [:], _ body: @escaping @Sendable (Papers) async throws -> Void) async throws {
    try await withDatabase(.auth) { database in
        try await withService(AuthService.self, database: database.open(), settings: settings) { auth in
            try await body(try await Papers(try await Staff(auth), database))
        }
    }
}
