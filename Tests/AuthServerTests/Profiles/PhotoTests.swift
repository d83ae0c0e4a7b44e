import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct PhotoTests {
    @Test func aPhotoIsForWhoeverMaySeeThePerson() async throws {
        try await withPapers { papers in
            let (auth, gym, tina) = (papers.auth, papers.gym, papers.tina)
            let tom = try await gym.trainer("Tom")
            let mia = try await auth.addMember("Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: gym.owner)
            let bob = try await auth.addMember("Bob", email: "bob@example.com", password: ServiceUnderTest.password, token: gym.owner)
            try await gym.assign(tina, to: mia)
            let hers = try await auth.login("mia@example.com").accessToken
            let his = try await auth.login("bob@example.com").accessToken
            func refusal(of id: PersonID, by token: String) async throws -> Int? {
                try await problem { try await auth.call(DownloadPhoto(personID: id), token: token) }?.status
            }
            #expect(try await refusal(of: mia.id, by: hers) == 404)
            let taken = try await auth.call(UploadPhoto(personID: mia.id), body: SampleFiles.jpeg(orientation: 6), token: hers)
            #expect(taken.personID == mia.id && taken.type == .jpeg)
            let newer = try await auth.call(UploadPhoto(personID: mia.id), body: SampleFiles.png(hasSecrets: true), token: gym.owner)
            #expect(newer.size == SampleFiles.png().bytes.count)
            for token in [hers, gym.owner, papers.admin, tina.token] {
                #expect(try await auth.call(DownloadPhoto(personID: mia.id), token: token) == SampleFiles.png())
            }
            let elsewhere = try await Staff(auth, slug: "steel-temple")
            for token in [tom.token, his, elsewhere.owner] {
                #expect(try await refusal(of: mia.id, by: token) == 404)
                let put = try await problem { try await auth.call(UploadPhoto(personID: mia.id), body: SampleFiles.png(), token: token) }
                let removed = try await problem { try await auth.call(RemovePhoto(personID: mia.id), token: token) }
                #expect(put?.status == 404 && removed?.status == 404)
            }
            // Trainers are there to be seen, and change themselves.
            try await auth.call(UploadPhoto(personID: tina.id), body: SampleFiles.png(), token: tina.token)
            #expect(try await refusal(of: tina.id, by: his) == nil)
            let others = try await problem { try await auth.call(UploadPhoto(personID: tina.id), body: SampleFiles.png(), token: his) }
            #expect(others?.status == 403)
            // A document is no photo.
            let pdf = try await problem { try await auth.call(UploadPhoto(personID: bob.id), body: SampleFiles.pdf(), token: his) }
            #expect(pdf?.isA(.unsupportedMediaType) == true)

            try await auth.call(RemovePhoto(personID: mia.id), token: hers)
            try await auth.call(RemovePhoto(personID: mia.id), token: hers)
            #expect(try await refusal(of: mia.id, by: hers) == 404)
            try await papers.tidy()
            #expect(try papers.objects().count == 1)
        }
    }
}
