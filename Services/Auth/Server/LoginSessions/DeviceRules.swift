import AuthContract
import ContractKit
import Foundation

/// What a client calls itself, shortened to what a person recognizes in a list of their devices.
struct Device: Codable, Equatable, Sendable {
    /// The browser, or the first word of an app's name for itself.
    var browser: String?
    var os: String?
    var type: DeviceType

    init(userAgent: String) {
        let firstWord = userAgent.split { $0 == "/" || $0 == " " }.first.map { String($0.prefix(60)) }
        browser = Self.browsers.first { mark, _ in userAgent.contains(mark) }?.name ?? firstWord
        let system = Self.systems.first { mark, _, _ in userAgent.contains(mark) }
        os = system?.name
        // A tablet with Android says the same as a phone, but for this word.
        type = system?.name == "Android" && !userAgent.contains("Mobile") ? .tablet : system?.type ?? .unknown
    }

    /// As ``stored`` has it; what was kept before then is a name.
    init(stored text: String) {
        self = (try? JSON.decode(Device.self, from: Data(text.utf8))) ?? Device(browser: text)
    }

    private init(browser: String) { (self.browser, type) = (browser, .unknown) }

    var stored: String { get throws { String(decoding: try JSON.encode(self), as: UTF8.self) } }

    /// `Firefox on Linux`.
    var name: String {
        switch (browser, os) {
        case (let browser?, let os?): "\(browser) on \(os)"
        case (let name?, nil), (nil, let name?): name
        case (nil, nil): "Unknown device"
        }
    }

    /// In this order: many browsers name others beside themselves.
    private static let browsers: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems: [(mark: String, name: String, type: DeviceType)] = [
        ("iPhone", "iOS", .phone), ("iPad", "iPadOS", .tablet), ("Android", "Android", .phone), ("Windows", "Windows", .desktop),
        ("Mac OS X", "macOS", .desktop), ("CrOS", "ChromeOS", .desktop), ("Linux", "Linux", .desktop),
    ]
}
