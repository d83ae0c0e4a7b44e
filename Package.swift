// swift-tools-version: 6.2
import PackageDescription

// The target graph is the architecture: a service's Server imports contracts (its own, and those of the services whose
// events it hears) and Shared, never another service's Server. `--explicit-target-dependency-import-check error` holds it to that.

/// Warnings stop the build where the toolchain is pinned (CI); a newer compiler's new warning must not stop a newcomer.
let strict = Context.environment["CI"] != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

// Packages

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let atomics = Target.Dependency.product(name: "Atomics", package: "swift-atomics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")

// Shapes

func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: settings)
}

/// A service: what others may know of it, and the executable that does the work.
///
/// `hears` lists the services whose events it reacts to; it may import their contracts and nothing else of theirs.
func service(_ name: String, hears: [String], _ more: [Target.Dependency] = []) -> [Target] {
    let contracts = Set(hears + [name]).sorted().map { Target.Dependency(stringLiteral: "\($0)Contract") }
    return [
        .target(
            name: "\(name)Contract", dependencies: ["ContractKit"],
            path: "Services/\(name)/Contract", swiftSettings: settings),
        .executableTarget(
            name: "\(name)Server",
            dependencies: contracts + ["ContractKit", "Messaging", "Postgres", "ServiceKit", logging] + more,
            path: "Services/\(name)/Server", swiftSettings: settings),
        tests("\(name)Server", contracts + ["ContractKit", "Messaging", "Postgres", "ServiceKit", "TestSupport", logging] + more),
    ]
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
        path: "Tests/\(name)Tests", resources: resources, swiftSettings: settings)
}

let names = ["Auth", "Scheduling", "Workouts", "Billing", "Notifications"]
let contracts = names.map { Target.Dependency(stringLiteral: "\($0)Contract") }
let servers = (names + ["Edge"]).map { Target.Dependency(stringLiteral: "\($0)Server") }

let package = Package(
    name: "palestra",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: (names + ["Edge"]).map {
        .executable(name: $0.lowercased(), targets: ["\($0)Server"])
    } + [.library(name: "PalestraClient", targets: ["Client"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-atomics", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", path: "Shared/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CRabbitMQ", path: "Shared/CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CCrypt", path: "Shared/CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Shared/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        shared("Postgres", ["CLibPQ", logging, collections]),
        shared("AMQP", ["CRabbitMQ", logging, collections]),
        shared("ContractKit"),
        shared("FieldEncryption", ["ContractKit", "Postgres", crypto, httpClient, nioCore, nioHTTP1, nioSSL]),
        shared("FileStore", ["ContractKit", "FieldEncryption", "Postgres", crypto, httpClient, nioCore, nioHTTP1, nioPosix]),
        shared("Messaging", ["AMQP", "ContractKit", "Postgres", lifecycle, logging, metrics]),
        shared(
            "ServiceKit",
            [
                "ContractKit", "FieldEncryption", "FileStore", "Messaging", "Postgres", "AMQP", arguments, atomics, coreMetrics, crypto,
                httpTypes, hummingbirdCore, jwt, lifecycle, logging, metrics, nioCore, nioHTTP1, nioPosix,
                unixSignals,
            ]),
        shared("Client", contracts + ["ContractKit", httpClient, nioCore, nioHTTP1]),
        .target(
            name: "TestSupport",
            dependencies: [
                "AMQP", "ContractKit", "FieldEncryption", "Messaging", "Postgres", "ServiceKit", crypto, cryptoExtras, httpClient, jwt,
                lifecycle,
                logging, nioConcurrency, nioCore, nioHTTP1, nioPosix,
            ],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("Postgres", ["TestSupport", logging]),
        tests("AMQP", ["TestSupport", logging]),
        tests("ContractKit"),
        tests("FieldEncryption", ["ContractKit", "Postgres", "TestSupport", crypto]),
        .testTarget(
            name: "FileStoreTests", dependencies: ["FileStore", "ContractKit", "TestSupport"], path: "Tests/FileStoreTests",
            exclude: ["s3-stand-in.py"], swiftSettings: settings),
        tests("Messaging", ["AMQP", "ContractKit", "Postgres", "TestSupport", logging, lifecycle]),
        tests(
            "ServiceKit", ["ContractKit", "Messaging", "Postgres", "TestSupport", coreMetrics, jwt, lifecycle, logging, nioCore, nioPosix]),
        tests("Client", ["ContractKit"] + contracts),
        .testTarget(
            name: "ContractTests",
            dependencies: contracts + servers + ["Client", "ContractKit", "Messaging", "Postgres", "ServiceKit", "TestSupport", logging],
            path: "Tests/ContractTests", exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "GenerateTests",
            dependencies: contracts + servers + [
                "PalestraGenerate", "ContractKit", "FieldEncryption", "Messaging", "Postgres", "ServiceKit", "TestSupport", logging,
            ],
            path: "Tests/GenerateTests", swiftSettings: settings),
        // How the whole product is started, one system for all tests of a process.
        .target(
            name: "SystemSupport",
            dependencies: contracts + ["Client", "ContractKit", "ServiceKit", "TestSupport", httpClient, nioCore, nioHTTP1],
            path: "Tests/SystemSupport", swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: contracts + servers + ["Client", "ContractKit", "ServiceKit", "SystemSupport", "TestSupport", jwt],
            path: "Tests/EndToEndTests", swiftSettings: settings),
        .testTarget(
            name: "AttackTests",
            dependencies: contracts + servers + [
                "ContractKit", "FieldEncryption", "Messaging", "Postgres", "ServiceKit", "SystemSupport", "TestSupport", crypto, jwt,
                logging,
                nioCore,
            ],
            path: "Tests/AttackTests", exclude: ["README.md"], swiftSettings: settings),
    ]
        + service(
            "Auth", hears: ["Scheduling", "Workouts", "Billing", "Notifications"],
            ["CCrypt", "FieldEncryption", "FileStore", arguments, crypto, httpClient, jwt, nioCore, nioHTTP1])
        + service("Scheduling", hears: ["Auth", "Billing"], ["FieldEncryption"])
        + service("Workouts", hears: ["Auth", "Scheduling"], ["FieldEncryption"])
        + service("Billing", hears: ["Auth", "Scheduling"], ["FieldEncryption"])
        + service("Notifications", hears: ["Auth", "Scheduling", "Billing", "Workouts"], ["CCurl", "FieldEncryption", lifecycle])
        + [
            .executableTarget(
                name: "EdgeServer",
                dependencies: contracts + [
                    "ContractKit", "Messaging", "ServiceKit", arguments, atomics, collections, coreMetrics, crypto, jwt, lifecycle, logging,
                    metrics,
                    nioConcurrency, nioCore, nioHTTP1, nioPosix, nioSSL, unixSignals,
                ],
                path: "Services/Edge/Server", swiftSettings: settings),
            tests(
                "EdgeServer",
                contracts + [
                    "ContractKit", "Messaging", "ServiceKit", "TestSupport", crypto, httpClient, jwt, lifecycle, logging,
                    nioConcurrency, nioCore,
                    nioHTTP1, nioPosix,
                ]),
            // Our side of deploy/local bench, and what makes data for it; nobody ships them.
            .executableTarget(
                name: "PalestraBench",
                dependencies: contracts + ["AMQP", "Client", "ContractKit", "Messaging", "Postgres", arguments, logging],
                path: "deploy/bench/Drivers", swiftSettings: settings),
            // The clients of deploy/local faults.
            .executableTarget(
                name: "PalestraFaults",
                dependencies: contracts + ["Client", "ContractKit", arguments, httpClient, nioCore, nioHTTP1],
                path: "deploy/faults/Load", swiftSettings: settings),
            .executableTarget(
                name: "PalestraGenerate",
                dependencies: contracts + ["CCrypt", "CLibPQ", "ContractKit", "FieldEncryption", "ServiceKit", arguments, crypto],
                path: "deploy/generate/Sources", swiftSettings: settings),
        ],
    swiftLanguageModes: [.v6]
)
