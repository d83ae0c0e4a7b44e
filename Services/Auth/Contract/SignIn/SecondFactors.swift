public import ContractKit
public import Foundation

/// A code of an authenticator app or of a mail (six digits) or a recovery code, as somebody types it: spaces and hyphens are accepted and dropped.
/// Never printed.
public struct SecondFactorCode: RuledValue, CustomReflectable {
    public let rawValue: String

    public init?(rawValue: String) {
        let kept = rawValue.filter { $0 != " " && $0 != "-" }.lowercased()
        let isDigits = kept.utf8.allSatisfy { (48...57).contains($0) }
        let isRecovery = kept.utf8.allSatisfy { (97...122).contains($0) || (50...55).contains($0) }
        guard rawValue.utf8.count <= 40, (kept.utf8.count == 6 && isDigits) || (kept.utf8.count == 16 && isRecovery) else { return nil }
        self.rawValue = kept
    }

    /// Whether it is six digits; otherwise it is a recovery code.
    public var isTimed: Bool { rawValue.utf8.count == 6 }

    public var description: String { "(code)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
    public static let rule = "must be six digits, or a recovery code of sixteen letters and digits"
    public static let schema: JSONValue = ["type": "string", "minLength": 6, "maxLength": 40]
    public static var example: Self { Self(trusted: "123456") }
    private init(trusted: String) { rawValue = trusted }
}

/// Where the codes of an account's second factor come from.
public enum SecondFactorKind: String, Words {
    /// An authenticator app makes them.
    case app
    /// They are mailed to the account's address.
    case mail
}

/// Whether an account asks for a second factor at sign-in.
public struct SecondFactor: Codable, Sendable, Equatable {
    public var isEnabled: Bool
    /// Nil when it is not enabled.
    public var kind: SecondFactorKind?
    public var enabledAt: Date?
    /// How many recovery codes have not been used yet.
    public var recoveryCodesLeft: Int

    public init(isEnabled: Bool, kind: SecondFactorKind? = nil, enabledAt: Date? = nil, recoveryCodesLeft: Int) {
        self.isEnabled = isEnabled
        self.kind = kind
        self.enabledAt = enabledAt
        self.recoveryCodesLeft = recoveryCodesLeft
    }
}

/// Codes that take the place of the authenticator app, each of them once. Shown only here.
public struct RecoveryCodes: Codable, Sendable, Equatable {
    public var codes: [String]

    public init(codes: [String]) { self.codes = codes }
}

public struct GetSecondFactor: APIOperation {
    public static let route = Route.get("/v1/auth/second-factor")
    public static let summary = "Whether the caller's account asks for a second factor"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public typealias Output = SecondFactor

    public init() {}
}

/// Makes a secret for an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds). Takes a verified address. It is asked for at sign-in once a first code
/// has confirmed it; until then another call makes another.
public struct EnrolSecondFactor: APIOperation {
    public static let route = Route.post("/v1/auth/second-factor")
    public static let summary = "Make a secret for an authenticator app"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked, .emailNotVerified, .secondFactorEnabled]

    public init() {}

    public struct Body: Codable, Sendable {
        /// Once more: whoever finds a device unlocked must not add a factor of their own.
        public var password: EnteredPassword

        public init(password: EnteredPassword) { self.password = password }
    }

    public struct Output: Codable, Sendable, Equatable {
        /// In base32, for typing.
        public var secret: String
        /// `otpauth://totp/...`, for a QR code.
        public var uri: String

        public init(secret: String, uri: String) {
            self.secret = secret
            self.uri = uri
        }
    }
}

/// From then on sign-in asks for a code.
public struct ConfirmSecondFactor: APIOperation {
    public static let route = Route.post("/v1/auth/second-factor/confirm")
    public static let summary = "Confirm the secret with a first code and get recovery codes"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidSecondFactor, .secondFactorEnabled]
    public typealias Output = RecoveryCodes

    public init() {}

    public struct Body: Codable, Sendable {
        public var code: SecondFactorCode

        public init(code: SecondFactorCode) { self.code = code }
    }
}

/// What proves that it is the account's owner who changes how it is guarded.
public struct BothFactors: Codable, Sendable {
    public var password: EnteredPassword
    public var code: SecondFactorCode

    public init(password: EnteredPassword, code: SecondFactorCode) {
        self.password = password
        self.code = code
    }
}

public struct ReplaceRecoveryCodes: APIOperation {
    public static let route = Route.post("/v1/auth/second-factor/recovery-codes")
    public static let summary = "Get new recovery codes in place of all earlier ones"
    public static let access = Access.signedIn
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidCredentials, .invalidSecondFactor, .accountLocked]
    public typealias Body = BothFactors
    public typealias Output = RecoveryCodes

    public init() {}
}

public struct RemoveSecondFactor: APIOperation {
    public static let route = Route.post("/v1/auth/second-factor/remove")
    public static let summary = "Sign in with the password alone again"
    public static let access = Access.signedIn
    public static let problems: [ProblemKind] = [.invalidCredentials, .invalidSecondFactor, .accountLocked]
    public typealias Body = BothFactors
    public typealias Output = NoContent

    public init() {}
}
