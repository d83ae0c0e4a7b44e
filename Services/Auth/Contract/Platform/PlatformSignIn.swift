public import ContractKit

/// What somebody who runs the installation signs their calls with. There is nothing to refresh: after that they sign in again.
public struct PlatformTokens: Codable, Sendable, Equatable {
    public var accessToken: String
    public var tokenType: String
    /// Seconds until it runs out.
    public var expiresIn: Int
    public var secondFactor: SecondFactorStep

    public init(accessToken: String, tokenType: String = "Bearer", expiresIn: Int, secondFactor: SecondFactorStep) {
        self.accessToken = accessToken
        self.tokenType = tokenType
        self.expiresIn = expiresIn
        self.secondFactor = secondFactor
    }
}

/// What is left of signing in.
public enum SecondFactorStep: String, Words {
    /// There is none yet: ``EnrolPlatformSecondFactor``, then ``GivePlatformSecondFactor``.
    case enrol
    /// ``GivePlatformSecondFactor``.
    case give
    /// Nothing: the token is good for everything.
    case done
}

/// The first of two steps: the token that it answers reaches nothing but the second.
public struct PlatformLogin: APIOperation {
    public static let route = Route.post("/v1/platform/login")
    public static let summary = "Sign in to run the installation"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked]
    public typealias Output = PlatformTokens

    public init() {}

    public struct Body: Codable, Sendable {
        public var username: Username
        public var password: EnteredPassword

        public init(username: Username, password: EnteredPassword) {
            self.username = username
            self.password = password
        }
    }
}

/// Makes a secret for an authenticator app, for whoever has none yet; until a first code was given, another call makes another.
public struct EnrolPlatformSecondFactor: APIOperation {
    public static let route = Route.post("/v1/platform/second-factor")
    public static let summary = "Make a secret for an authenticator app of somebody who runs the installation"
    public static let access = Access.platformPassword
    public static let success = 200
    public static let problems: [ProblemKind] = [.secondFactorEnabled]
    public typealias Output = EnrolSecondFactor.Output

    public init() {}
}

/// The second step, with a code of the authenticator app. The first code ever is asked for from then on.
public struct GivePlatformSecondFactor: APIOperation {
    public static let route = Route.post("/v1/platform/second-factor/give")
    public static let summary = "Complete a sign-in to run the installation"
    public static let access = Access.platformPassword
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidSecondFactor, .accountLocked]
    public typealias Output = PlatformTokens

    public init() {}

    public struct Body: Codable, Sendable {
        public var code: SecondFactorCode

        public init(code: SecondFactorCode) { self.code = code }
    }
}

public struct PlatformLogout: APIOperation {
    public static let route = Route.post("/v1/platform/logout")
    public static let summary = "End this sign-in to run the installation"
    public static let access = Access.platformPassword
    public typealias Output = NoContent

    public init() {}
}
