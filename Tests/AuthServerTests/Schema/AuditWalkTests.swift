import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct AuditWalkTests {
    /// Writing operations that leave no row with an actor, each with its reason.
    private static let silent: [String: String] = [
        "BeginPasskeyRegistration": "nothing is kept of a challenge until it was used",
        "BeginPasskeySignIn": "nobody is signed in, and nothing is kept of a challenge until it was used",
        "BeginProviderSignIn": "nobody is signed in, and no organization is concerned",
        "ConfirmEmailChange": "nobody is signed in: the person's new address is logged as done by the operation",
        "ConfirmEmailVerification": "nobody is signed in, and no organization is concerned",
        "EnrolPlatformSecondFactor": "a secret that is not in force before its first code, which is logged",
        "FindAccount": "reads, in a body",
        "ForgotPassword": "nobody is signed in, and whether there is an account must not be told",
        "GetKeyToken": "a token of five minutes: the key has its row, and says when it was last used",
        "MailSecondFactorCode": "nobody is signed in yet",
        "RefreshTokens": "goes on with a login session that has its row, every five minutes",
        "UpdateAccount": "what apps keep with an account is theirs",
        "StepUp": "a token of five minutes within a login session that has its row",
        "StepUpWithPasskey": "a token of five minutes within a login session that has its row",
    ]

    @Test("S1-03: every write route leaves a row in the audit log with the actor's id") func everyWriteRouteLeavesARow() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let made = try await auth.signUp("iron-temple")
            var people = [made.owner.id]
            let token = made.tokens.accessToken

            try await locations(auth, token)
            let trainer = try await auth.call(
                CreateTrainer(), body: .init(fullName: "Tim Trainer", email: EmailAddress(rawValue: "tim@example.com")!), token: token)
            try await auth.call(UpdateTrainer(trainerID: trainer.id), body: .init(fullName: "Tom Trainer"), token: token)
            try await auth.call(DeleteTrainer(trainerID: trainer.id), token: token)
            let member = try await auth.addMember("Mia Member", token: token)
            try await auth.call(UpdateMember(memberID: member.id), body: .init(fullName: "Mia M."), token: token)
            try await auth.call(ExportPerson(personID: member.id), token: token)
            try await auth.call(DeleteMember(memberID: member.id), token: token)
            try await auth.call(ErasePerson(personID: member.id), token: token)
            let (kept, duplicate) = (try await auth.addMember("Ada", token: token), try await auth.addMember("Ada", token: token))
            _ = try await auth.call(MergePeople(personID: kept.id), body: .init(duplicateID: duplicate.id), token: token)
            let leaving = try await auth.addMember(
                "Max Member", email: "max@example.com", password: ServiceUnderTest.password, token: token)
            try await auth.call(EraseAccount(), token: try await auth.login("max@example.com").accessToken)
            people.append(leaving.id)
            people.append(try await auth.join("guest@example.com", token: token, database).person.id)
            try await signingIn(auth, token)
            people.append(try await links(auth, database))
            people += try await staff(auth)
            people += try await installation(auth)
            people.append(try await elsewhere(auth, provider, database))
            try await secondFactor(auth, token, database)
            try await database.passMailPause()
            try await database.sql("update auth.accounts set email_verified_at = now() where email_verified_at is null")
            var authenticator = SoftwareAuthenticator()
            try await auth.add(&authenticator, token: token)
            _ = try await auth.signIn(with: &authenticator)
            let passkey = try #require(try await auth.call(ListPasskeys(), token: token).data.first).id
            _ = try await auth.call(RenamePasskey(passkeyID: passkey), body: .init(name: "Ring"), token: token)
            try await auth.call(DeletePasskey(passkeyID: passkey), token: token)
            _ = try await auth.call(SetSignInPolicy(), body: .init(requiresSecondFactor: true), token: token)
            try await auth.call(SetUsername(), body: .init(username: Username(rawValue: "olive")!), token: token)
            try await auth.call(RemoveUsername(), token: token)
            _ = try await auth.call(PutOwnProfile(), body: .init(fullName: "Olive"), token: token)
            _ = try await auth.changePassword(ServiceUnderTest.password.rawValue, to: "another long phrase", token: token)

            let unlogged = try await database.unlogged(AuthContract.self, by: people)
            #expect(unlogged == Self.silent.keys.sorted())
        }
    }

    private func locations(_ auth: ServiceUnderTest, _ token: String) async throws {
        let address = Address(street: "1 Main St", city: "Toronto", province: "ON", postalCode: "M5V 1A1", country: "CA")
        let east = try await auth.call(CreateLocation(), body: .init(name: "East", address: address), token: token)
        let west = try await auth.call(CreateLocation(), body: .init(name: "West", address: address), token: token)
        try await auth.call(UpdateLocation(locationID: east.id), body: .init(name: "Far East"), token: token)
        try await auth.call(MoveLocation(locationID: east.id), body: .init(parentID: west.id), token: token)
        try await auth.call(DetachLocation(locationID: east.id), token: token)
        try await auth.call(DeleteLocation(locationID: east.id), token: token)
    }

    private func signingIn(_ auth: ServiceUnderTest, _ token: String) async throws {
        let first = try await auth.login("iron-temple@example.com")
        try await auth.call(Logout(), token: try await auth.refresh(first).accessToken)
        _ = try await auth.login("iron-temple@example.com")
        let sessions = try await auth.call(ListLoginSessions(), token: token).data
        try await auth.call(EndLoginSession(loginSessionID: try #require(sessions.first { !$0.isCurrent }?.id)), token: token)
    }

    /// - Returns: whoever followed them.
    private func links(_ auth: ServiceUnderTest, _ database: TestDatabase) async throws -> PersonID {
        let made = try await auth.signUp("steel-hall")
        try await database.passMailPause()
        try await auth.call(SendEmailVerification(), token: made.tokens.accessToken)
        try await auth.verify(database)
        _ = try await auth.changeEmail(to: "new@example.com", token: made.tokens.accessToken)
        _ = try await auth.confirmChange(try await auth.link(.changeEmail, database))
        try await database.passMailPause()
        try await auth.forgot("new@example.com")
        _ = try await auth.reset(try await auth.link(.resetPassword, database))
        return made.owner.id
    }

    /// Whatever those do who run the installation, and what an organization does with itself. - Returns: who did it.
    private func installation(_ auth: ServiceUnderTest) async throws -> [PersonID] {
        let made = try await auth.signUp("silver-hut")
        let owner = made.tokens.accessToken
        let domain = HostName(rawValue: "silver.example")!
        _ = try await auth.call(UpdateOrganization(), body: .init(domain: domain), token: owner)
        _ = try await auth.call(RemoveDomain(), token: owner)
        let trainer = try await auth.call(
            CreateTrainer(), body: .init(fullName: "Tess", email: EmailAddress(rawValue: "tess@example.com")!), token: owner)
        let location = try #require(try await auth.call(ListLocations(), token: owner).data.first)
        _ = try await auth.call(TransferLocation(locationID: location.id), body: .init(ownerID: trainer.id), token: owner)

        let token = try await auth.platform()
        let other = try await auth.call(
            CreatePlatformAdmin(),
            body: .init(
                username: Username(rawValue: "eve")!, email: EmailAddress(rawValue: "eve@palestra.example")!,
                password: ServiceUnderTest.password), token: token)
        _ = try await auth.call(UpdatePlatformAdmin(platformAdminID: other.id), body: .init(isActive: false), token: token)
        _ = try await auth.call(SetAppConfig(key: .signupsOpen), body: .init(value: "false"), token: token)
        _ = try await auth.call(SetAppConfig(key: .signupsOpen), body: .init(value: "true"), token: token)
        let id = made.organization.id
        _ = try await auth.call(SuspendOrganization(organizationID: id), token: token)
        _ = try await auth.call(ReactivateOrganization(organizationID: id), token: token)
        let account = try await auth.call(
            FindAccount(), body: .init(email: EmailAddress(rawValue: "silver-hut@example.com")!), token: token)
        _ = try await auth.call(UpdateAccountStatus(accountID: account.id), body: .init(status: .suspended), token: token)
        _ = try await auth.call(UpdateAccountStatus(accountID: account.id), body: .init(status: .active), token: token)
        _ = try await auth.call(DeleteOrganization(), token: owner)
        _ = try await auth.call(RestoreOrganization(organizationID: id), token: token)
        let admins = try await auth.call(ListPlatformAdmins(), token: token).data
        _ = try await auth.call(PlatformLogout(), token: token)
        return [made.owner.id] + admins.map { PersonID(rawValue: $0.id.rawValue) }
    }

    private func secondFactor(_ auth: ServiceUnderTest, _ token: String, _ database: TestDatabase) async throws {
        let app = try await auth.enrol(token, database)
        let password = EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!
        _ = try await auth.login("iron-temple@example.com", code: app.code(1))
        let codes = try await auth.call(
            ReplaceRecoveryCodes(), body: .init(password: password, code: SecondFactorCode(rawValue: app.recoveryCodes[0])!), token: token
        ).codes
        try await auth.call(
            RemoveSecondFactor(), body: .init(password: password, code: SecondFactorCode(rawValue: codes[0])!), token: token)
    }

    /// Whatever is done with members and trainers. - Returns: who did it.
    private func staff(_ auth: ServiceUnderTest) async throws -> [PersonID] {
        let staff = try await Staff(auth, slug: "bronze-house")
        let owner = try await auth.call(GetMe(), token: staff.owner).person.id
        let (tina, tom) = (try await staff.trainer("Tina"), try await staff.trainer("Tom"))
        let mia = try await staff.member("Mia").id
        let east = try await staff.location("East").id
        func send(_ method: String, _ path: String, _ body: String? = nil, by token: String? = nil) async throws -> RawAnswer {
            let answer =
                if let body {
                    try await auth.request(method, path, token: token ?? staff.owner, json: body)
                } else {
                    try await auth.request(method, path, token: token ?? staff.owner)
                }
            #expect((200..<300).contains(answer.status), "\(method) \(path): \(answer.text)")
            return answer
        }
        struct Made: Decodable { var id: String }
        try await staff.assign(tina, to: auth.call(GetMember(memberID: mia), token: staff.owner))
        try await staff.assign(tom, to: auth.call(GetMember(memberID: mia), token: staff.owner))
        _ = try await send("PUT", "/v1/members/\(mia)/primary-trainer", #"{"trainer_id":"\#(tom.id)"}"#)
        _ = try await send("PUT", "/v1/members/\(mia)/health", #"{"special_situation":"None."}"#, by: tom.token)
        _ = try await send("PUT", "/v1/members/\(mia)/profile", #"{"training_phase":"Base","motivation":"Fun"}"#)
        _ = try await auth.request("DELETE", "/v1/members/\(mia)/trainers/\(tina.id)", token: staff.owner)
        _ = try await auth.request("DELETE", "/v1/members/\(mia)/trainers/\(tom.id)", token: staff.owner)
        let grant: Made = try await send("POST", "/v1/members/\(mia)/grants", #"{"trainer_id":"\#(tina.id)"}"#).decoded()
        _ = try await send("DELETE", "/v1/members/\(mia)/grants/\(grant.id)")
        _ = try await send("PUT", "/v1/trainers/\(tina.id)/parent", #"{"parent_trainer_id":"\#(tom.id)"}"#)
        _ = try await send("DELETE", "/v1/trainers/\(tina.id)/parent")
        _ = try await send("PUT", "/v1/trainers/\(tina.id)/health", #"{"health_info":"Fit."}"#)
        let engagement: Made = try await send(
            "POST", "/v1/trainers/\(tina.id)/engagements", #"{"location_id":"\#(east)","starts_on":"2026-01-01"}"#
        ).decoded()
        _ = try await send("PATCH", "/v1/trainers/\(tina.id)/engagements/\(engagement.id)", #"{"ends_on":"2030-12-31"}"#)
        try await documents(auth, tina, by: staff.owner)
        _ = try await send("PUT", "/v1/people/\(tina.id)/roles/member")
        _ = try await send("DELETE", "/v1/people/\(tina.id)/roles/member")
        _ = try await send("PUT", "/v1/people/\(tina.id)/locations", #"{"location_ids":["\#(east)"]}"#)
        _ = try await send("POST", "/v1/members/import", #"{"csv":"full_name\nAda Lovelace\n"}"#)
        _ = try await send("DELETE", "/v1/people/\(tom.id)/sessions")
        _ = try await auth.login("bronze-house@example.com")
        _ = try await send("DELETE", "/v1/auth/sessions")
        let key = try await auth.addKey(["auth:read"], token: staff.owner)
        _ = try await send("DELETE", "/v1/api-keys/\(key.key.id)")
        return [owner, tina.id, tom.id]
    }

    private func documents(_ auth: ServiceUnderTest, _ trainer: SignedInTrainer, by owner: String) async throws {
        let made = try await auth.call(
            CreateTrainerDocument(trainerID: trainer.id), body: .init(kind: .insurance, title: "Liability"), token: trainer.token)
        let (id, of) = (made.id, trainer.id)
        try await auth.call(UpdateTrainerDocument(trainerID: of, documentID: id), body: .init(issuer: "Lloyd's"), token: trainer.token)
        let uploaded = try await auth.call(
            UploadTrainerDocument(trainerID: of, documentID: id), body: SampleFiles.pdf(), token: trainer.token)
        try await auth.call(
            VerifyTrainerDocument(trainerID: of, documentID: id),
            body: .init(state: .verified, version: SeenVersion(rawValue: Int(uploaded.version))!), token: owner)
        try await auth.call(DeleteTrainerDocument(trainerID: of, documentID: id), token: trainer.token)
        try await auth.call(UploadPhoto(personID: of), body: SampleFiles.png(), token: trainer.token)
        try await auth.call(RemovePhoto(personID: of), token: trainer.token)
    }

    /// By way of another provider, and with mailed codes. - Returns: who it was.
    private func elsewhere(_ auth: ServiceUnderTest, _ provider: ProviderStandIn, _ database: TestDatabase) async throws -> PersonID {
        let made = try await auth.signUp("copper-barn")
        let token = made.tokens.accessToken
        try await database.sql("update auth.accounts set email_verified_at = now() where email_verified_at is null")
        let identity = try await auth.link("ada", at: provider, token: token)
        _ = try await auth.signIn(at: provider, as: "ada")
        let unlinked = try await auth.request("DELETE", "/v1/auth/identities/\(identity.id)", token: token)
        #expect(unlinked.status == 204, "\(unlinked.text)")
        try await auth.call(
            EnableMailedCodes(), body: .init(password: EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!), token: token)
        return made.owner.id
    }
}
