/// The mix, in hundredths.
struct Mix {
    let calls: Calls
    let tenant: Tenant
    let base: Tenant.Base

    func step(_ dice: Int) async throws {
        let (booking, people) = (
            BookingSteps(calls: calls, tenant: tenant, base: base), PeopleSteps(calls: calls, tenant: tenant, base: base)
        )
        switch dice {
        case ..<10: try await booking.addSession()
        case ..<42: try await booking.book()
        case ..<50: try await booking.cancel()
        case ..<58: try await booking.complete()
        case ..<66: try await MoneySteps(calls: calls, tenant: tenant, base: base).settle()
        case ..<75: try await TrainingSteps(calls: calls, tenant: tenant, base: base).train()
        case ..<78: try await people.addMember()
        case ..<84: try await people.signIn()
        default: try await ReadSteps(calls: calls, tenant: tenant, base: base).read()
        }
    }
}
