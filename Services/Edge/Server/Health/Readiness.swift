import ContractKit
import Foundation
import NIOCore
import NIOHTTP1

/// Whether the whole can serve: asks every replica of every service. Asked often, it asks them once a second.
final class Readiness {
    private let services: [(name: String, replicas: ReplicaSet?)]
    private let eventLoop: any EventLoop
    private let timeout: TimeAmount
    private var last: (answer: Answer, at: NIODeadline)?
    private var asking: [(Answer) -> Void] = []

    init(_ services: [(String, ReplicaSet?)], on eventLoop: any EventLoop, within timeout: TimeAmount) {
        self.services = services.map { (name: $0.0, replicas: $0.1) }
        self.eventLoop = eventLoop
        self.timeout = timeout
    }

    func ask(_ use: @escaping (Answer) -> Void) {
        if let last, NIODeadline.now() - last.at < .seconds(1) { return use(last.answer) }
        asking.append(use)
        guard asking.count == 1 else { return }
        let probes = services.flatMap { service in (service.replicas?.replicas ?? []).map { (service.name, $0) } }
        var ready: [String: Int] = [:]
        var left = probes.count
        guard left > 0 else { return tell([:]) }
        for (name, replica) in probes {
            Probe(replica, on: eventLoop, within: timeout) { isReady in
                if isReady { ready[name, default: 0] += 1 }
                left -= 1
                if left == 0 { self.tell(ready) }
            }.start()
        }
    }

    private func tell(_ ready: [String: Int]) {
        var states: [String: JSONValue] = [:]
        var (isWhole, isServing) = (true, true)
        for (name, set) in services {
            let (found, all) = (ready[name] ?? 0, set?.replicas.count ?? 0)
            isWhole = isWhole && found == all
            isServing = isServing && found > 0
            let state = found == 0 ? "unavailable" : found < all ? "degraded" : "ready"
            states[name] = ["status": .string(state), "ready": .int(found), "replicas": .int(all)]
        }
        let status = isServing ? isWhole ? "ready" : "degraded" : "unavailable"
        let body = (try? JSON.encodeSorted(["status": .string(status), "services": .object(states)] as JSONValue)) ?? Data()
        let answer = Answer(
            isServing ? .ok : .serviceUnavailable, type: "application/json", body: ByteBuffer(bytes: body),
            headers: [("Cache-Control", "no-store")])
        last = (answer, .now())
        let asked = asking
        asking = []
        for use in asked { use(answer) }
    }
}
