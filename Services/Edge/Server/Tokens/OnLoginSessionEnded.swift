import AuthContract
import Foundation
import Messaging

/// Refuses the session's tokens from now on. A replay of the last minutes at start brings back what ended while this process was away.
struct OnLoginSessionEnded: Listener {
    let ended: EndedSessions

    func heard(_ event: LoginSessionEnded, _ occasion: Occasion) async {
        ended.end(event.loginSessionID, now: Date())
    }
}
