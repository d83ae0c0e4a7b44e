public import ContractKit

public enum AuthContract: ServiceContract {
    public static let name = "auth"
    public static let summary = "Organizations, locations, people, sign-in and login sessions"
    public static let operations: [any APIOperation.Type] = [
        CreateOrganization.self, GetOrganization.self,
        Login.self, CompleteLogin.self, RefreshTokens.self, StepUp.self, Logout.self, AcceptInvitation.self, ListTokenKeys.self,
        ForgotPassword.self, ResetPassword.self, ChangePassword.self,
        SendEmailVerification.self, ConfirmEmailVerification.self, ChangeEmail.self, ConfirmEmailChange.self,
        ListLoginSessions.self, EndLoginSession.self, EndOtherLoginSessions.self, EndLoginSessionsOfPerson.self,
        GetSecondFactor.self, EnrolSecondFactor.self, ConfirmSecondFactor.self, ReplaceRecoveryCodes.self, RemoveSecondFactor.self,
        GetMe.self, GetPerson.self,
        EnableMailedCodes.self, MailSecondFactorCode.self,
        ListSignInProviders.self, BeginProviderSignIn.self, CompleteProviderSignIn.self,
        ListIdentities.self, LinkIdentity.self, UnlinkIdentity.self,
        CreateAPIKey.self, ListAPIKeys.self, RevokeAPIKey.self, GetKeyToken.self,
        CreateLocation.self, ListLocations.self, GetLocation.self, UpdateLocation.self, MoveLocation.self, DetachLocation.self,
        DeleteLocation.self,
        CreateTrainer.self, ListTrainers.self, GetTrainer.self, UpdateTrainer.self, DeleteTrainer.self,
        SetParentTrainer.self, RemoveParentTrainer.self, ListTeam.self, GetTrainerHealth.self, PutTrainerHealth.self,
        EngageTrainer.self, ListEngagements.self, UpdateEngagement.self, AddRole.self, RemoveRole.self,
        CreateMember.self, ImportMembers.self, ListMembers.self, GetMember.self, UpdateMember.self, DeleteMember.self,
        ListAssignments.self, AssignTrainer.self, SetPrimaryTrainer.self, UnassignTrainer.self,
        GrantMember.self, ListMemberGrants.self, RevokeMemberGrant.self,
        GetMemberProfile.self, PutMemberProfile.self, CountMemberSources.self, GetMemberHealth.self, PutMemberHealth.self,
        ListAuditLog<Self>.self,
    ]
    public static let events: [any Event.Type] = [
        OrganizationCreated.self, LocationSaved.self, PersonSaved.self, InvitationCreated.self, AccountLinkCreated.self,
        LoginSessionEnded.self,
        MemberAccessSaved.self, EngagementSaved.self,
    ]
}
