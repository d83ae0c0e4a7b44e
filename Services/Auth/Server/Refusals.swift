import ContractKit
import Postgres

extension DatabaseError {
    /// What the violated constraint means to the caller; the error itself when it means nothing.
    func refusal(_ meanings: [String: ProblemKind]) -> any Error {
        guard let constraint, let kind = meanings[constraint] else { return self }
        return Problem(kind)
    }
}
