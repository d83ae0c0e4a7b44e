import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import Synchronization

/// A steady mix of calls at a stated rate, whether or not the answers keep up.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "load")
    @Option(name: .customLong("edge"), help: "Where an edge is; may be given again.") var edges: [String]
    @Option(help: "Where the history goes.") var history: String
    @Option(help: "Steps a second; most are one call, some up to five.") var rate: Double = 50
    @Option(help: "How many organizations.") var tenants: Int = 4
    @Option(help: "With how many members each begins.") var members: Int = 12
    @Option(help: "Chooses the order of the steps.") var seed: UInt64 = 1

    /// More than this under way at once and the load is not held: steps are left out, and the history says so.
    private static let most = 1500

    func run() async throws {
        let history = try History(path: history)
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(2)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let urls = try edges.map { text in
            guard let url = URL(string: text) else { throw ValidationError("\(text) is no URL") }
            return url
        }
        let control = Control(rate: 0)
        control.listen()
        let calls = Calls(edges: Edges(urls, http), http: http, history: history, control: control)
        let watch = Task { await calls.edges.watch() }
        let tenants = (0..<tenants).map { Tenant($0) }
        for tenant in tenants {
            history.add("tenant", [Member("tenant", tenant.number), Member("canary", tenant.canary), Member("slug", tenant.slug)])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tenant in tenants { group.addTask { try await SignUp(calls: calls, tenant: tenant).run(members: members) } }
            try await group.waitForAll()
        }
        history.add("ready", [])
        await load(tenants, calls, control)
        watch.cancel()
        await watch.value
        try await http.shutdown()
        history.add("end", [])
    }

    private func load(_ tenants: [Tenant], _ calls: Calls, _ control: Control) async {
        var random = Seeded(seed)
        let underWay = Counter()
        await withDiscardingTaskGroup { group in
            var (next, rate) = (ContinuousClock.now, 0.0)
            while true {
                let state = control.now
                if state.isOver { break }
                if let mark = state.rest, underWay.value == 0 {
                    calls.history.add("rest", [Member("mark", mark)])
                    control.rested()
                }
                if state.rate != rate { (rate, next) = (state.rate, .now) }
                guard rate > 0, next <= .now else {
                    try? await Task.sleep(for: rate > 0 ? min(next - .now, .milliseconds(50)) : .milliseconds(20))
                    continue
                }
                next += .seconds(1 / rate)
                let tenant = tenants[Int.random(in: tenants.indices, using: &random)]
                let dice = Int.random(in: 0..<100, using: &random)
                guard underWay.value < Self.most, let base = tenant.base else {
                    calls.history.add("left-out", [])
                    continue
                }
                underWay.add(1)
                group.addTask {
                    do {
                        try await Mix(calls: calls, tenant: tenant, base: base).step(dice)
                    } catch {
                        calls.history.add("broken", [Member("error", "\(error)")])
                    }
                    underWay.add(-1)
                }
            }
        }
    }
}

/// How many steps are under way.
final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add(_ number: Int) { count.add(number, ordering: .relaxed) }
}

/// SplitMix64: the same order of steps for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
