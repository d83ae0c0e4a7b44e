import AuthContract
import BillingContract
import ContractKit
import Foundation
import WorkoutsContract

/// Founds the organizations, with their people and everything that a year's work needs.
struct Founding {
    let tables: Tables
    let keys: Keys
    let shape: Shape

    private static let places: [(zone: String, currency: String, taxes: [(String, Int64)], country: String)] = [
        ("America/Toronto", "CAD", [("hst", 130_000)], "CA"), ("America/Vancouver", "CAD", [("gst", 50_000), ("pst", 70_000)], "CA"),
        ("Europe/Berlin", "EUR", [("vat", 190_000)], "DE"), ("America/New_York", "USD", [("sales", 88_750)], "US"),
        ("Europe/London", "GBP", [("vat", 200_000)], "GB"),
    ]

    func organizations() throws -> [Organization] {
        try shape.sizes.enumerated().map { index, members in
            let organization = try found(index, members)
            try write(organization)
            try addLocations(organization, count: min(4, 1 + members / 600))
            try addClassTypes(organization, shape.timetable(members))
            try addLibrary(organization)
            try addPeople(organization, members)
            return organization
        }
    }

    private func found(_ index: Int, _ members: Int) throws -> Organization {
        let place = Self.places[index % Self.places.count]
        let name = "\(Names.gyms[index % 12]) \(Names.halls[index % 10]) \(index + 1)"
        guard let name = Line(rawValue: name), let slug = Slug(rawValue: shape.slug(index)), let zone = TimeZoneID(rawValue: place.zone),
            let currency = CurrencyCode(rawValue: place.currency)
        else { throw Failure("\(name) cannot be founded") }
        return Organization(
            index: index, seed: shape.seed, name: name, slug: slug, kind: shape.kind(members), zone: zone, currency: currency,
            rates: place.taxes.compactMap { code, millionths in
                TaxRate(millionths: millionths).map { InvoiceRules.Rate(code: code, rate: $0) }
            }, createdAt: shape.founded + Double(index) * .minutes)
    }

    private func write(_ organization: Organization) throws {
        let (zone, currency, created) = (organization.zone.rawValue, organization.currency.rawValue, organization.createdAt)
        let table = tables.organizations
        try table.begin()
        table.id(organization.id)
        table.text(organization.name.rawValue)
        table.text(organization.slug.rawValue)
        table.text(organization.kind.rawValue)
        table.text(zone)
        table.text(currency)
        table.moment(created)
        table.moment(created)

        try tables.slugs.begin()
        tables.slugs.text(organization.slug.rawValue)
        tables.slugs.id(organization.id)

        try tables.schedulingOrganizations.begin()
        tables.schedulingOrganizations.id(organization.id)
        tables.schedulingOrganizations.text(organization.kind.rawValue)
        tables.schedulingOrganizations.text(currency)
        tables.schedulingOrganizations.long(1)

        try tables.billingOrganizations.begin()
        tables.billingOrganizations.id(organization.id)
        tables.billingOrganizations.text(currency)
        tables.billingOrganizations.text(zone)
        tables.billingOrganizations.long(1)

        for (index, tax) in organization.rates.enumerated() {
            try tables.taxRates.begin()
            tables.taxRates.id(organization.id)
            tables.taxRates.text(tax.code)
            tables.taxRates.int(Int(tax.rate.millionths))
            tables.taxRates.int(index + 1)

            try tables.billingTaxRates.begin()
            tables.billingTaxRates.id(organization.id)
            tables.billingTaxRates.int(index)
            tables.billingTaxRates.text(tax.code)
            tables.billingTaxRates.long(tax.rate.millionths)
        }
    }

    private func addLocations(_ organization: Organization, count: Int) throws {
        let country = Self.places[organization.index % Self.places.count].country
        for number in 1...count {
            let id = ID(organization.createdAt + Double(number), &organization.chance)
            organization.locations.append(id)
            let table = tables.locations
            try table.begin()
            table.id(organization.id)
            table.id(id)
            table.text(number == 1 ? organization.name.rawValue : "\(organization.name) \(number)")
            table.text(organization.zone.rawValue)
            table.json(
                #"{"street":"\#(number * 40) Main Street","city":"City \#(organization.index + 1)","province":"ON","#
                    + #""postal_code":"M5V 2A5","country":"\#(country)"}"#)
            table.moment(organization.createdAt)
            table.moment(organization.createdAt)

            try tables.schedulingLocations.begin()
            tables.schedulingLocations.id(organization.id)
            tables.schedulingLocations.id(id)
            tables.schedulingLocations.text(organization.zone.rawValue)
            tables.schedulingLocations.bool(true)
            tables.schedulingLocations.long(1)
        }
    }

    private func addClassTypes(_ organization: Organization, _ timetable: Shape.Timetable) throws {
        let solo = organization.kind == .solo
        let kinds: [(String, Int, Int64, String)] = [
            ("Strength Basics", 60, 2500, "#C0392B"), ("Spin", 45, 2000, "#12AB9F"), ("Morning Yoga", 60, 1800, "#8E44AD"),
            ("Intervals", 30, 1500, "#F39C12"), ("Mobility", 45, 1800, "#2980B9"), ("Barbell Club", 60, 2800, "#2C3E50"),
        ]
        for (index, kind) in kinds.enumerated() {
            let created = organization.createdAt + 1 * .days + Double(index)
            guard let name = Line(rawValue: kind.0) else { throw Failure("\(kind.0) is no name") }
            let type = ClassType(
                id: ID(created, &organization.chance), name: name, category: solo ? "individual" : "group", minutes: kind.1,
                capacity: timetable.capacity, price: kind.2 * (solo ? 3 : 1), color: kind.3)
            organization.classTypes.append(type)
            let table = tables.classTypes
            try table.begin()
            table.id(organization.id)
            table.id(type.id)
            table.text(type.name.rawValue)
            table.text(type.category)
            table.int(type.minutes)
            table.int(type.capacity)
            table.long(type.price)
            table.text(organization.currency.rawValue)
            table.text(type.color)
            table.moment(created)
            table.moment(created)
        }
    }

    private func addLibrary(_ organization: Organization) throws {
        let created = organization.createdAt + 1 * .days
        let table = tables.exercises
        for exercise in Library.exercises {
            let id = ID(created, &organization.chance)
            organization.exercises.append(id)
            let key = exercise.name.replacing(" ", with: "_")
            try table.begin()
            table.id(organization.id)
            table.id(id)
            table.text(key)
            table.text(exercise.name)
            table.text(exercise.level.rawValue)
            table.text("strength")
            table.text(exercise.equipment)
            table.texts([exercise.primary])
            table.texts(exercise.secondary)
            table.texts(Library.instructions)
            table.texts(["\(key)/0.jpg", "\(key)/1.jpg"])
            table.text(exercise.searchText)
            table.moment(created)
            table.moment(created)
        }
    }

    private func addPeople(_ organization: Organization, _ members: Int) throws {
        let newcomers = Newcomers(tables: tables, keys: keys, now: shape.now)
        func name() -> String { Names.person(&organization.chance) }
        let solo = organization.kind == .solo
        try newcomers.add(
            organization.owner, to: organization, name: name(), mailbox: "owner", roles: solo ? [.owner, .trainer] : [.owner],
            at: organization.createdAt)
        if solo { organization.trainers = [organization.owner] }
        for number in 1...max(1, shape.timetable(members).trainers) where !solo {
            let joined = organization.createdAt + Double(number) * .hours
            let id = ID(joined, &organization.chance)
            organization.trainers.append(id)
            try newcomers.add(id, to: organization, name: name(), mailbox: "trainer\(number)", roles: [.trainer], at: joined)
        }
        // They joined over the months before the year, all of which they were there.
        let span = shape.begin.midnight - 30 * .days - (organization.createdAt + 3 * .days)
        for number in 1...members {
            let joined = organization.createdAt + 3 * .days + span * Double(number) / Double(members + 1)
            let member = Member(id: ID(joined, &organization.chance), &organization.chance)
            organization.members.append(member)
            try newcomers.add(
                member.id, to: organization, name: name(), mailbox: "member\(number)", roles: [.member], at: joined)
        }
    }
}
