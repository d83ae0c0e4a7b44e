import AuthContract
import ContractKit
import FileStore
import Foundation

/// A document, and where its file lies.
struct TrainerDocumentRecord: Sendable {
    var document: TrainerDocument
    var fileID: FileID?

    /// Nothing that counts may have been verified before it was there.
    mutating func replace(file: DocumentFile, _ id: FileID) {
        (document.file, fileID) = (file, id)
        document.verification = Verification(.pending)
    }

    mutating func change(_ body: UpdateTrainerDocument.Body) {
        if let day = body.expiresOn, day != document.expiresOn { document.verification = Verification(.pending) }
        document.title = body.title ?? document.title
        document.issuer = body.issuer ?? document.issuer
        document.number = body.number ?? document.number
        document.issuedOn = body.issuedOn ?? document.issuedOn
        document.expiresOn = body.expiresOn ?? document.expiresOn
    }

    /// - Throws: ``Problem`` `.documentWithoutFile`; `.preconditionFailed` when another document was looked at; `.validation` when the
    ///   reason is missing, or there is one for nothing.
    mutating func settle(_ body: VerifyTrainerDocument.Body, by person: PersonID, now: Date) throws(Problem) {
        guard document.version == Int64(body.version.rawValue) else { throw Problem(.preconditionFailed) }
        guard document.file != nil else { throw Problem(.documentWithoutFile) }
        guard (body.reason == nil) == (body.state == .verified) else {
            throw Problem.invalid("#/reason", "must be there for a rejection, and for nothing else")
        }
        document.verification = Verification(
            body.state == .verified ? .verified : .rejected, reason: body.reason, by: person, at: now)
    }

    func checkDays() throws(Problem) {
        if let from = document.issuedOn, let until = document.expiresOn, until < from {
            throw Problem.invalid("#/expires_on", "must not lie before issued_on")
        }
    }
}
