import BillingContract
import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing

@testable import BillingServer

@Suite struct InvoiceSightTests {
    @Test("S3-60: with no filter but the policies', a narrowed statement gives a person's own invoices only")
    func thePoliciesHideWhatAStatementForgets() async throws {
        try await withBooks { books in
            let (ada, ben) = (PersonID(), PersonID())
            try await books.hold([ada, ben])
            func seen(by person: PersonID?, isNarrowed: Bool = true) async throws -> Set<PersonID> {
                let tenant = Tenant(books.id, person: person, isNarrowed: isNarrowed)
                return try await books.service.database.transaction(as: tenant, readOnly: true) { tx in
                    Set(try await tx.query("SELECT member_id FROM invoices", as: PersonID.self))
                }
            }
            #expect(try await seen(by: ada) == [ada])
            #expect(try await seen(by: PersonID()) == [])
            #expect(try await seen(by: books.owner, isNarrowed: false) == [ada, ben])
            #expect(try await seen(by: nil) == [ada, ben])
        }
    }
}
