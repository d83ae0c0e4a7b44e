import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct TrainerProfileTests {
    @Test("S2-11: certifications and experience read back, and trainers are found by a certification")
    func trainersAreFoundByCertification() async throws {
        try await withStaff { gym, database in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let body = UpdateTrainer.Body(certifications: ["CPR", "NSCA, \"CSCS\""], experience: "Ten years\nwith swimmers")
            let changed = try await gym.auth.call(UpdateTrainer(trainerID: tina.id), body: body, token: tina.token)
            #expect(changed.certifications == ["CPR", "NSCA, \"CSCS\""] && changed.experience == "Ten years\nwith swimmers")
            #expect(try await gym.auth.call(GetTrainer(trainerID: tina.id), token: tom.token).certifications == changed.certifications)
            func found(_ certification: Line) async throws -> [PersonID] {
                try await gym.auth.call(ListTrainers(certification: certification), token: gym.owner).data.map(\.id)
            }
            #expect(try await found("NSCA, \"CSCS\"") == [tina.id])
            #expect(try await found("CPR") == [tina.id])
            #expect(try await found("CP").isEmpty)
            let many = UpdateTrainer.Body(certifications: (0...50).map { Line(rawValue: "C\($0)")! })
            let refused = try await problem { try await gym.auth.call(UpdateTrainer(trainerID: tina.id), body: many, token: tina.token) }
            #expect(refused?.errors?.map(\.pointer) == ["#/certifications"])
            #expect(!(try await database.sql("select encode(experience, 'escape') from auth.trainer_profiles")).contains("swimmers"))
        }
    }

    @Test("S2-13: a trainer's health is read by themselves and those who run the place, and is ciphertext in the database")
    func aTrainersHealthIsForFew() async throws {
        try await withStaff { gym, database in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            _ = try await gym.auth.addMember("Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: gym.owner)
            let mia = try await gym.auth.login("mia@example.com").accessToken
            let admin = try await gym.auth.token(roles: [.admin], organization: gym.organization)
            let (read, write) = (GetTrainerHealth(trainerID: tina.id), PutTrainerHealth(trainerID: tina.id))
            #expect(try await gym.auth.call(read, token: tina.token).healthInfo == nil)
            #expect(try await gym.auth.call(write, body: .init(healthInfo: "Migraine"), token: tina.token).healthInfo == "Migraine")
            for token in [tina.token, admin, gym.owner] { #expect(try await gym.auth.call(read, token: token).healthInfo == "Migraine") }
            for token in [tom.token, mia] {
                #expect(try await problem { try await gym.auth.call(read, token: token) }?.status == 403)
                #expect(try await problem { try await gym.auth.call(write, body: .init(healthInfo: "None"), token: token) }?.status == 403)
            }
            // A change of the rest leaves it alone.
            _ = try await gym.auth.call(UpdateTrainer(trainerID: tina.id), body: .init(bio: "Hello"), token: tina.token)
            #expect(try await gym.auth.call(read, token: tina.token).healthInfo == "Migraine")
            #expect(!(try await database.sql("select encode(health_info, 'escape') from auth.trainer_profiles")).contains("Migraine"))
        }
    }

    @Test("S1-24: a trainer's settings are empty at first and come back as they were") func settingsComeBack() async throws {
        try await withStaff { gym, database in
            let tina = try await gym.trainer("Tina")
            let path = "/v1/trainers/\(tina.id)"
            #expect(try await gym.auth.call(GetTrainer(trainerID: tina.id), token: tina.token).settings?.rawValue == [:])
            #expect(try await database.sql("select settings::text from auth.trainer_profiles").hasPrefix("{}"))
            let answer = try await gym.auth.request(
                "PATCH", path, token: tina.token, json: #"{"settings":{"calendar":{"from":6},"colours":["teal",null]}}"#)
            #expect(answer.status == 200)
            let kept = try await gym.auth.call(GetTrainer(trainerID: tina.id), token: gym.owner).settings
            #expect(kept?.rawValue == ["calendar": ["from": 6], "colours": ["teal", nil]])
        }
    }

    @Test("S1-06: what nobody here knows the meaning of comes back unchanged, as metadata, settings and preferences")
    func unknownKeysComeBack() async throws {
        try await withStaff { gym, _ in
            let unknown = #"{"x-1":[1,2.5,"ü",{"":null}],"nested":{"deep":{"er":[[],{}]}},"big":123456789012}"#
            let expected = try JSON.decode(JSONValue.self, from: Data(unknown.utf8))
            let (tina, mia) = (try await gym.trainer("Tina"), try await gym.member("Mia"))
            let place = try await gym.auth.call(ListLocations(), token: gym.owner).data[0]
            for (method, path, body, members) in [
                ("PATCH", "/v1/trainers/\(tina.id)", #"{"settings":\#(unknown)}"#, ["settings"]),
                ("PATCH", "/v1/locations/\(place.id)", #"{"settings":\#(unknown)}"#, ["settings"]),
                (
                    "PUT", "/v1/members/\(mia.id)/profile",
                    #"{"training_phase":"Base","motivation":"Fun","preferences":\#(unknown),"metadata":\#(unknown)}"#,
                    ["preferences", "metadata"]
                ),
            ] {
                #expect(try await gym.auth.request(method, path, token: gym.owner, json: body).status == 200, "\(path)")
                let read: JSONValue = try await gym.auth.request("GET", path, token: gym.owner).decoded()
                for member in members { #expect(read[member] == expected, "\(path) \(member)") }
            }
        }
    }
}
