import NIOConcurrencyHelpers

/// Keeps a request at the service until the test lets it be answered.
final class Held: Sendable {
    private let box = NIOLockedValueBox<TestService.Call?>(nil)
    var call: TestService.Call? { box.withLockedValue { $0 } }
    func hold(_ call: TestService.Call) { box.withLockedValue { $0 = call } }
}
