public import ContractKit

/// Where a booking stands.
public enum BookingStatus: String, Words {
    case confirmed, waitlisted, cancelled
    /// Given back after the session had started.
    case lateCancelled = "late_cancelled"
    /// Had a place and did not come.
    case noShow = "no_show"
}

/// Whether what a booking costs is paid.
public enum PaymentStatus: String, Words {
    case pending, paid, refunded
}

/// What sort of session a class type makes.
public enum ClassCategory: String, Words {
    case group, individual, trial
}
