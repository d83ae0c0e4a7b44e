import ContractKit
import SchedulingContract

/// Who was in a session and who was not, once it is over.
struct Roll: Sendable, Hashable {
    /// A confirmed booking.
    struct Entry: Codable, Sendable, Hashable {
        var id: BookingID
        var memberID: PersonID
    }

    /// In the order of their bookings.
    private(set) var attended: [Entry] = []
    private(set) var absent: [Entry] = []

    /// Everyone with a place attended, unless `attendance` says otherwise.
    ///
    /// - Throws: a 422 ``Problem`` for a booking without a place in the session, or named twice.
    init(of confirmed: [Entry], _ attendance: [CompleteSession.Attendance]) throws(Problem) {
        let places = Set(confirmed.map(\.id))
        var called: [BookingID: Bool] = [:]
        var faults: [FieldError] = []
        for (index, line) in attendance.enumerated() {
            let pointer = "#/attendance/\(index)/booking_id"
            if !places.contains(line.bookingID) {
                faults.append(FieldError(pointer: pointer, detail: "is no confirmed booking of this session"))
            } else if called.updateValue(line.attended, forKey: line.bookingID) != nil {
                faults.append(FieldError(pointer: pointer, detail: "is listed twice"))
            }
        }
        guard faults.isEmpty else { throw Problem(.validation, errors: faults) }
        for entry in confirmed {
            if called[entry.id] ?? true { attended.append(entry) } else { absent.append(entry) }
        }
    }
}
