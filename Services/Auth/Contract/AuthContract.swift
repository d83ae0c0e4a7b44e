public import ContractKit

public enum AuthContract: ServiceContract {
    public static let name = "auth"
    public static let summary = "Organizations, locations, people, sign-in and login sessions"
    public static let operations: [any APIOperation.Type] = [
        CreateOrganization.self, GetOrganization.self, UpdateOrganization.self, RemoveDomain.self, DeleteOrganization.self, GetSite.self,
        GetSignInPolicy.self, SetSignInPolicy.self,
        GetAccount.self, UpdateAccount.self, SetUsername.self, RemoveUsername.self,
        Login.self, CompleteLogin.self, RefreshTokens.self, StepUp.self, Logout.self, AcceptInvitation.self, ListTokenKeys.self,
        ForgotPassword.self, ResetPassword.self, ChangePassword.self,
        SendEmailVerification.self, ConfirmEmailVerification.self, ChangeEmail.self, ConfirmEmailChange.self,
        ListLoginSessions.self, EndLoginSession.self, EndOtherLoginSessions.self, EndLoginSessionsOfPerson.self,
        GetSecondFactor.self, EnrolSecondFactor.self, ConfirmSecondFactor.self, ReplaceRecoveryCodes.self, RemoveSecondFactor.self,
        GetMe.self, PutOwnProfile.self, GetPerson.self,
        EnableMailedCodes.self, MailSecondFactorCode.self,
        ListSignInProviders.self, BeginProviderSignIn.self, CompleteProviderSignIn.self,
        BeginPasskeyRegistration.self, RegisterPasskey.self, ListPasskeys.self, RenamePasskey.self, DeletePasskey.self,
        BeginPasskeySignIn.self, SignInWithPasskey.self, StepUpWithPasskey.self,
        ListIdentities.self, LinkIdentity.self, UnlinkIdentity.self,
        CreateAPIKey.self, ListAPIKeys.self, RevokeAPIKey.self, GetKeyToken.self,
        CreateLocation.self, ListLocations.self, GetLocation.self, UpdateLocation.self, MoveLocation.self, DetachLocation.self,
        TransferLocation.self,
        DeleteLocation.self,
        CreateTrainer.self, ListTrainers.self, GetTrainer.self, UpdateTrainer.self, DeleteTrainer.self,
        SetParentTrainer.self, RemoveParentTrainer.self, ListTeam.self, GetTrainerHealth.self, PutTrainerHealth.self,
        CreateTrainerDocument.self, ListTrainerDocuments.self, UpdateTrainerDocument.self, UploadTrainerDocument.self,
        DownloadTrainerDocument.self, VerifyTrainerDocument.self, DeleteTrainerDocument.self,
        UploadPhoto.self, DownloadPhoto.self, RemovePhoto.self,
        EngageTrainer.self, ListEngagements.self, UpdateEngagement.self, AddRole.self, RemoveRole.self,
        SetPersonLocations.self,
        CreateMember.self, ImportMembers.self, ListMembers.self, GetMember.self, UpdateMember.self, DeleteMember.self,
        ListAssignments.self, AssignTrainer.self, SetPrimaryTrainer.self, UnassignTrainer.self,
        GrantMember.self, ListMemberGrants.self, RevokeMemberGrant.self,
        GetMemberProfile.self, PutMemberProfile.self, CountMemberSources.self, GetMemberHealth.self, PutMemberHealth.self,
        PlatformLogin.self, EnrolPlatformSecondFactor.self, GivePlatformSecondFactor.self, PlatformLogout.self,
        ListPlatformAdmins.self, CreatePlatformAdmin.self, UpdatePlatformAdmin.self, ListInstallationAuditLog.self,
        ListOrganizations.self, SuspendOrganization.self, ReactivateOrganization.self, RestoreOrganization.self,
        FindAccount.self, UpdateAccountStatus.self, ListAppConfig.self, SetAppConfig.self,
        ErasePerson.self, EraseAccount.self, ListErasureRequests.self, GetErasureRequest.self,
        ExportPerson.self, ListExports.self, GetExport.self, DownloadExport.self,
        MergePeople.self, ListPersonMerges.self, GetPersonMerge.self,
        ListAuditLog<Self>.self, ExportOrganization<Self>.self,
    ]
    public static let events: [any Event.Type] = [
        OrganizationCreated.self, OrganizationUpdated.self, LocationSaved.self, PersonSaved.self, InvitationCreated.self,
        AccountLinkCreated.self, LoginSessionEnded.self, StandingChanged.self, AppConfigChanged.self,
        MemberAccessSaved.self, EngagementSaved.self, TrainerDocumentExpiring.self, ErasureRequested.self, ExportRequested.self,
        PersonMerged.self,
    ]
}
