import ContractKit
import Postgres
import SchedulingContract
import ServiceKit

enum LocationReportRoutes {
    static var all: [Endpoint] {
        [
            .handle(GetLocationReport.self) { call, tx in
                let (from, to) = (call.input.from, call.input.to)
                try LocationReportRules.check(from: from, to: to)
                let reports = LocationReportStore(organizationID: try call.caller.organizationID, tx: tx)
                tx.commitWithNext()
                let counted = try await reports.count(from: from, to: to)
                guard let total = counted.last else { throw Problem(.internalError) }
                return LocationReport(from: from, to: to, locations: counted.compactMap(\.row), total: total.figures)
            }
        ]
    }
}
