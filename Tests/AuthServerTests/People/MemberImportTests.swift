import AuthContract
import ContractKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct MemberImportTests {
    private static let file = CSVText(
        rawValue: #"""
            \#u{FEFF}First_Name,last_name,Email,phone,role,source,Shoe size\#r
            Mia,Member,mia@example.com,+1 416 555 0100,TRAINEE,walk-in,38\#r
            "Max ""Power""",Müller,,,member,,44\#r
            ,,nobody@example.com,,,,\#r
            Nora,New,not an address,,,,\#r
            Ada,Twice,MIA@example.com,,,,\#r
            Tim,Trainer,tim@example.com,,TRAINER,,\#r
            Sam,Source,,,,television,\#r
            Short,Row\#r
            Zoë,Last,zoe@example.com,,Trainee,online,\#r

            """#)!

    @Test("S2-03: each role signs in to what is its own, and an imported TRAINEE is a member") func anImportedTraineeIsAMember()
        async throws
    {
        try await withStaff { gym, database in
            _ = try await gym.auth.call(ImportMembers(), body: .init(csv: Self.file), token: gym.owner)
            let mia = try #require(try await gym.auth.call(ListMembers(query: "mia@example.com"), token: gym.owner).data.first)
            #expect(mia.roles == [.member] && mia.fullName == "Mia Member" && mia.phone?.rawValue == "+14165550100")
            let trainer = try await gym.trainer("Tina")
            _ = try await gym.auth.addMember("Sue", email: "sue@example.com", password: ServiceUnderTest.password, token: gym.owner)
            let owner = try await gym.auth.login("iron-temple@example.com").accessToken
            let member = try await gym.auth.login("sue@example.com").accessToken
            for (token, roles) in [(owner, [Role.owner]), (trainer.token, [.trainer]), (member, [.member])] {
                #expect(try await gym.auth.call(GetMe(), token: token).roles == roles)
            }
            #expect(try await gym.auth.call(ListMembers(), token: owner).data.count == 4)
            #expect(try await gym.auth.call(ListMembers(), token: trainer.token).data.isEmpty)
            #expect(try await problem { try await gym.auth.call(ListMembers(), token: member) }?.status == 403)
            for token in [trainer.token, member] {
                let refused = try await problem { try await gym.auth.call(ImportMembers(), body: .init(csv: Self.file), token: token) }
                #expect(refused?.status == 403)
            }
        }
    }

    @Test func rowsAreTakenOrNamedAndADryRunTakesNone() async throws {
        try await withStaff { gym, database in
            let dry = try await gym.auth.call(ImportMembers(), body: .init(csv: Self.file, dryRun: true), token: gym.owner)
            #expect(dry.imported == 3 && dry.dryRun && dry.ignoredColumns == ["shoe size"])
            #expect(dry.rejected.map(\.line) == [4, 5, 6, 7, 8, 9])
            #expect(dry.rejected.map(\.pointer) == ["full_name", "email", "email", "role", "source", ""])
            #expect(try await gym.auth.call(ListMembers(), token: gym.owner).data.isEmpty)

            let real = try await gym.auth.call(ImportMembers(), body: .init(csv: Self.file), token: gym.owner)
            #expect(real.imported == 3 && real.rejected == dry.rejected && !real.dryRun)
            let members = try await gym.auth.call(ListMembers(), token: gym.owner).data
            #expect(Set(members.map(\.fullName)) == ["Mia Member", "Max \"Power\" Müller", "Zoë Last"])
            #expect(members.allSatisfy { !$0.hasAccount })
            let counts = try await gym.auth.call(CountMemberSources(), token: gym.owner).data
            #expect(Set(counts.map(\.source)) == [.walkIn, .online, nil])
            // Nobody is written to, and everybody is told of.
            #expect(try await database.said(InvitationCreated.self).isEmpty)
            #expect(try await database.said(PersonSaved.self).filter { $0.roles == [.member] }.count == 3)

            // Whoever has an address is known again.
            let again = try await gym.auth.call(ImportMembers(), body: .init(csv: Self.file), token: gym.owner)
            #expect(again.imported == 1 && again.rejected.map(\.line) == [2, 4, 5, 6, 7, 8, 9, 10])
        }
    }

    @Test(arguments: ["", "name\nMia\n", "full_name,full_name\na,b\n", "full_name\n\"open\n", "first_name\nMia\n"])
    func whatIsNoFileOfMembersIsRefused(_ text: String) async throws {
        try await withStaff { gym, _ in
            let refused = try await problem {
                try await gym.auth.call(ImportMembers(), body: .init(csv: CSVText(rawValue: text)!), token: gym.owner)
            }
            #expect(refused?.status == 422 && refused?.errors?.map(\.pointer) == ["#/csv"])
        }
    }

    @Test func aFileHasAThousandRowsAtMost() throws {
        let names = (1...MemberFile.longest).map { "Person \($0)" }.joined(separator: "\n")
        #expect(try MemberFile(CSVText(rawValue: "full_name\n\(names)")!).members.count == 1000)
        #expect(throws: Problem.self) { try MemberFile(CSVText(rawValue: "full_name\n\(names)\nOne more")!) }
    }
}
