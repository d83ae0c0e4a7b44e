import ContractKit
import Testing

@Suite struct KeyScopeTests {
    @Test func aScopeIsAServiceAndAWord() {
        for text in ["scheduling:read", "auth:write", "billing:SendInvoice"] { #expect(KeyScope(rawValue: text)?.rawValue == text) }
        for text in [
            "", ":", "a:", ":b", "a", "a:b:c", "A:b", "a1:b", "a:b c", "a: b", "a:é", "a:*", "*:read", "a:b\n",
            "a:" + String(repeating: "b", count: 63),
        ] {
            #expect(KeyScope(rawValue: text) == nil, "\(text)")
        }
    }

    @Test func scopesStandWithOneSpaceBetween() {
        #expect(KeyScopes(rawValue: "a:b c:d")?.scopes.map(\.rawValue) == ["a:b", "c:d"])
        let many = Array(repeating: "a:b", count: 30)
        #expect(KeyScopes(rawValue: many.joined(separator: " ")) != nil)
        for text in ["", " ", "a:b ", " a:b", "a:b  c:d", "a:b,c:d", (many + ["a:b"]).joined(separator: " ")] {
            #expect(KeyScopes(rawValue: text) == nil, "\(text)")
        }
    }
}
