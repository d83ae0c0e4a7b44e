public import ContractKit

/// Where a booking stands.
public enum BookingStatus: String, Words {
    case confirmed, waitlisted, cancelled
    case lateCancelled = "late_cancelled"
    case noShow = "no_show"
}

/// Whether what a booking costs is paid.
public enum PaymentStatus: String, Words {
    case pending, paid, refunded
}

public enum ClassCategory: String, Words {
    case group, individual, trial
}
