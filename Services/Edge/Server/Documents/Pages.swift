import ContractKit
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Everything that the edge shows by itself, by path.
///
/// Made when the first of them is asked for, and not on an event loop: reading all contracts takes longer than the rest of a start.
final class Pages: Sendable {
    private let services: [any ServiceContract.Type]
    private let paths: Set<String>
    private let making = NIOLockedValueBox<EventLoopFuture<[String: Page]>?>(nil)

    init(_ services: [any ServiceContract.Type]) {
        self.services = services
        paths = Set(["/openapi.json", "/asyncapi.json", "/docs", "/docs/permissions", "/", "/problems"])
            .union(ProblemPages(services).kinds.map(\.type))
    }

    func holds(_ path: String) -> Bool { paths.contains(path) }

    /// - Returns: The page, on `eventLoop`; nil where there is none. Fails with `SchemaRecorder.NameTaken` when two types of the contracts
    ///   share a name.
    func page(_ path: String, on eventLoop: any EventLoop) -> EventLoopFuture<Page?> {
        let pages = making.withLockedValue { making in
            // On a loop that outlives whoever asks first.
            let home = MultiThreadedEventLoopGroup.singleton.any()
            let made = making ?? NIOThreadPool.singleton.runIfActive(eventLoop: home) { [services] in try Self.make(services) }
            making = made
            return made
        }
        return pages.map { $0[path] }.hop(to: eventLoop)
    }

    private static func make(_ services: [any ServiceContract.Type]) throws -> [String: Page] {
        let api = try OpenAPI.document(services)
        let events = try AsyncAPI.document(services)
        let problems = ProblemPages(services)
        var pages = [
            "/openapi.json": try Page(json: api), "/asyncapi.json": try Page(json: events),
            "/docs": Page(html: DocsPage(services, api: api, events: events).html),
            "/docs/permissions": Page(html: PermissionsPage(services).html), "/": Page(html: HomePage.html(services)),
            "/problems": Page(html: problems.index),
        ]
        for kind in problems.kinds { pages[kind.type] = Page(html: problems.page(kind)) }
        return pages
    }
}
