import AuthContract
import Testing

@testable import AuthServer

@Suite struct DeviceRulesTests {
    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux", DeviceType.desktop),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1", "Safari on iOS", .phone),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iOS", .phone),
        ("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1", "Safari on iPadOS", .tablet),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android", .phone),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome on Android", .tablet),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows", .desktop),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "Safari on macOS", .desktop),
        ("Palestra/3.1 (iPhone; iOS 19.0)", "Palestra on iOS", .phone),
        ("curl/8.5.0", "curl", .unknown), ("", "Unknown device", .unknown), ("/ /", "Unknown device", .unknown),
    ])
    func devicesAreRecognized(userAgent: String, name: String, type: DeviceType) throws {
        let device = Device(userAgent: userAgent)
        #expect(device.name == name && device.type == type)
        #expect(try Device(stored: device.stored) == device)
    }

    @Test func namesOfOldAreKept() {
        let device = Device(stored: "Firefox on Linux")
        #expect(device.name == "Firefox on Linux" && device.type == .unknown)
    }
}
