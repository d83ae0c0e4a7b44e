import ContractKit
import Foundation
import SchedulingContract

enum LocationReportRules {
    /// In seconds: a leap year.
    static let longest: TimeInterval = 366 * 86_400

    /// - Throws: ``Problem`` `.validation` for a stretch that is empty or longer than a year.
    static func check(from: Date, to: Date) throws(Problem) {
        guard from < to else { throw Problem.invalid("?to", "must be later than from") }
        guard to.timeIntervalSince(from) <= longest else { throw Problem.invalid("?to", "must be 366 days after from at the latest") }
    }

    /// The share of the places that is taken, in ten-thousandths; nil when there are none.
    static func utilization(taken: Int, of places: Int) -> Double? {
        guard places > 0 else { return nil }
        return (Double(taken) / Double(places) * 10_000).rounded() / 10_000
    }
}

/// What one statement counts, for one location or for all.
struct CountedSessions: Decodable, Sendable, Hashable {
    /// Nil for all together.
    var locationID: LocationID?
    var timeZone: TimeZoneID?
    var scheduled: Int
    var held: Int
    var cancelled: Int
    var places: Int
    var confirmed: Int
    var waitlisted: Int
    var lateCancelled: Int
    var noShows: Int
    var attended: Int
    var members: Int

    var figures: SessionFigures {
        SessionFigures(
            sessionsScheduled: scheduled, sessionsHeld: held, sessionsCancelled: cancelled, placesOffered: places, confirmed: confirmed,
            waitlisted: waitlisted, lateCancelled: lateCancelled, noShows: noShows, attended: attended, distinctMembers: members,
            utilization: LocationReportRules.utilization(taken: confirmed + lateCancelled + noShows, of: places))
    }

    /// Nil for all together.
    var row: LocationReport.Row? {
        guard let locationID, let timeZone else { return nil }
        return LocationReport.Row(locationID: locationID, timeZone: timeZone, figures: figures)
    }
}
