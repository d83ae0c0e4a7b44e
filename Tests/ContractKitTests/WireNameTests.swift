import ContractKit
import Testing

@Suite struct WireNameTests {
    @Test(arguments: [
        ("id", "id"), ("sessionID", "session_id"), ("memberIDs", "member_ids"), ("startsAt", "starts_at"), ("timeZone", "time_zone"),
        ("photoURL", "photo_url"), ("isActive", "is_active"), ("weightKg", "weight_kg"), ("nextCursor", "next_cursor"),
        ("personID", "person_id"), ("ids", "ids"), ("url", "url"), ("mfaToken", "mfa_token"),
    ])
    func `A property's name survives the way to the wire and back`(swift: String, wire: String) {
        #expect(WireName.snake(swift) == wire)
        #expect(WireName.camel(wire) == swift)
    }

    @Test func `A name without underscores stays as it is`() {
        #expect(WireName.camel("datacontenttype") == "datacontenttype")
        #expect(WireName.camel("") == "")
        #expect(WireName.camel("_") == "_")
    }
}
