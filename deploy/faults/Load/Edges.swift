import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// The doors of the installation. As a balancer before them would, it asks each whether it is ready and sends nobody to one that is not.
final class Edges: Sendable {
    let urls: [URL]
    private let http: HTTPClient
    private let ready: Mutex<Set<Int>>

    init(_ urls: [URL], _ http: HTTPClient) {
        (self.urls, self.http) = (urls, http)
        ready = Mutex(Set(urls.indices))
    }

    /// Another door for each attempt, as long as there is another.
    func pick(_ turn: Int) -> URL {
        let open = ready.withLock { $0.sorted() }
        let among = open.isEmpty ? Array(urls.indices) : open
        return urls[among[turn % among.count]]
    }

    func watch() async {
        await withDiscardingTaskGroup { group in
            for index in urls.indices {
                group.addTask {
                    while !Task.isCancelled {
                        let isReady = await self.isReady(index)
                        self.ready.withLock { if isReady { $0.insert(index) } else { $0.remove(index) } }
                        try? await Task.sleep(for: .milliseconds(200))
                    }
                }
            }
        }
    }

    private func isReady(_ index: Int) async -> Bool {
        let request = HTTPClientRequest(url: urls[index].absoluteString + "/readyz")
        guard let answer = try? await http.execute(request, timeout: .seconds(2)) else { return false }
        _ = try? await answer.body.collect(upTo: 1 << 16)
        return answer.status == .ok
    }
}
