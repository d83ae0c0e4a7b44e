public import ContractKit

extension ProblemKind {
    public static let trainerUnavailable = ProblemKind("trainer-unavailable", 409, "The trainer has another session at that time")
    public static let sessionClosed = ProblemKind("session-closed", 409, "The session has started, is over or was cancelled")
    public static let sessionNotScheduled = ProblemKind("session-not-scheduled", 409, "The session was completed or cancelled before")
    public static let alreadyBooked = ProblemKind("already-booked", 409, "The member has a booking in this session")
    public static let bookingNotActive = ProblemKind("booking-not-active", 409, "The booking no longer stands")
}
