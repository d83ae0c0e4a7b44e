import AuthContract
import BillingContract
import ContractKit
import NotificationsContract
import SchedulingContract
import ServiceKit
import TestSupport
import Testing
import WorkoutsContract

@testable import AuthServer
@testable import BillingServer
@testable import NotificationsServer
@testable import SchedulingServer
@testable import WorkoutsServer

/// Everything that is declared, for the tests that walk it: what is declared tomorrow is tested tomorrow.
enum Product {
    static let services: [any PalestraService.Type] = [
        AuthService.self, Scheduling.self, Workouts.self, Billing.self, Notifications.self,
    ]
    static let contracts: [any ServiceContract.Type] = services.map { contract($0) }
    static let operations: [any APIOperation.Type] = contracts.flatMap { $0.operations }
    static let events: [any Event.Type] = contracts.flatMap { $0.events }

    static func contract<S: PalestraService>(_ service: S.Type) -> any ServiceContract.Type { S.Contract.self }
    static func service(_ name: String) throws -> any PalestraService.Type {
        try #require(services.first { Self.name($0) == name })
    }

    /// The smallest body that an operation takes.
    static func example<O: APIOperation>(of operation: O.Type) throws -> O.Body {
        if let file = (O.fileTypes.contains(.pdf) ? SampleFiles.pdf() : SampleFiles.png()) as? O.Body { return file }
        return try SchemaRecorder.example(of: O.Body.self)
    }

    static func name(_ service: any PalestraService.Type) -> String { contract(service).name }
}
