public import Foundation

/// A mail server that runs for one test and delivers nothing: Debian's `python3-aiosmtpd`.
public struct MailCatcher: Sendable {
    public enum Manner: Sendable {
        /// Takes every mail and keeps it.
        case catching
        /// Answers every recipient with this line: `550 5.1.1 nobody of that name`.
        case refusing(String)
        /// Takes connections and never says a word.
        case silent
        /// Takes a mail's text and never says that it did.
        case swallowing
    }

    public let port: Int
    private let folder: URL
    public var url: String { "smtp://127.0.0.1:\(port)" }

    /// What it caught so far, in no particular order.
    public func mails() async throws -> [CaughtMail] {
        let new = folder.appendingPathComponent("mail/new")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: new.path)) ?? []
        return try await CaughtMail.read(names.map { try Data(contentsOf: new.appendingPathComponent($0)) })
    }

    /// Lends a server on a free port, or on `port` when nobody has it.
    public static func run<Result>(
        _ manner: Manner = .catching, port: Int = 0, isolation: isolated (any Actor)? = #isolation,
        _ body: (MailCatcher) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { files in
            let (word, reply) =
                switch manner {
                case .catching: ("catching", "")
                case .refusing(let reply): ("refusing", reply)
                case .silent: ("silent", "")
                case .swallowing: ("swallowing", "")
                }
            let script = try files.write(program, to: "catcher.py")
            let process = Process()
            // The system's own interpreter: the package belongs to it, and another may come before it in PATH.
            process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
            process.arguments = [script.path, files.url.path, String(port), word, reply]
            // Ends with us, however we end: it goes when nobody holds the other end of this.
            let life = Pipe()
            process.standardInput = life
            let errors = try files.write("", to: "errors")
            process.standardError = try FileHandle(forWritingTo: errors)
            let (ends, end) = AsyncStream<Void>.makeStream()
            process.terminationHandler = { _ in end.finish() }
            try process.run()
            func stop() async {
                try? life.fileHandleForWriting.close()
                kill(process.processIdentifier, SIGKILL)
                for await _ in ends {}
            }
            do {
                let deadline = ContinuousClock.now + .seconds(30)
                var number: Int?
                while number == nil {
                    guard process.isRunning, ContinuousClock.now < deadline else {
                        let words = try String(contentsOf: errors, encoding: .utf8)
                        throw TestSupportError("the mail catcher did not start (it needs python3-aiosmtpd): \(words)")
                    }
                    number = (try? String(contentsOf: files.url("port"), encoding: .utf8)).flatMap { Int($0) }
                    if number == nil { try await Task.sleep(for: .milliseconds(20)) }
                }
                let result = try await body(MailCatcher(port: number ?? 0, folder: files.url))
                await stop()
                return result
            } catch {
                await stop()
                throw error
            }
        }
    }

    /// The port is the system's choice, which no other test can take in between; it is told by a file that appears whole.
    private static let program = """
        import asyncio, os, sys
        from aiosmtpd.handlers import Mailbox
        from aiosmtpd.smtp import SMTP

        folder, port, manner, reply = sys.argv[1:]

        class Refusing:
            async def handle_RCPT(self, server, session, envelope, address, options):
                return reply

        class Swallowing:
            async def handle_DATA(self, server, session, envelope):
                await asyncio.Event().wait()

        class Silent(asyncio.Protocol):
            pass

        def protocol():
            if manner == "silent":
                return Silent()
            if manner == "catching":
                handler = Mailbox(os.path.join(folder, "mail"))
            else:
                handler = Refusing() if manner == "refusing" else Swallowing()
            return SMTP(handler, hostname="catcher.example", enable_SMTPUTF8=True)

        async def main():
            loop = asyncio.get_running_loop()
            loop.add_reader(0, lambda: os._exit(0))
            server = await loop.create_server(protocol, "127.0.0.1", int(port))
            draft = os.path.join(folder, "port.draft")
            with open(draft, "w") as file:
                file.write(str(server.sockets[0].getsockname()[1]))
            os.rename(draft, os.path.join(folder, "port"))
            await server.serve_forever()

        asyncio.run(main())
        """
}

/// A mail as a reader's program understands it.
public struct CaughtMail: Decodable, Sendable, Hashable {
    public var messageID: String
    public var from: String
    public var to: String
    public var subject: String
    public var body: String
    /// Whom the envelope named, which is whom the server delivers to.
    public var recipient: String
    public var sender: String
    public var headers: [String]
    /// What a strict parser finds wrong with it.
    public var defects: [String]

    /// Reads mails with Python's parser, which is not ours.
    public static func read(_ mails: [Data]) async throws -> [CaughtMail] {
        let lines = mails.map { $0.base64EncodedString() }.joined(separator: "\n")
        let json = try await runProcess("/usr/bin/python3", ["-c", program], input: lines).checked("reading mail")
        return try JSONDecoder().decode([CaughtMail].self, from: Data(json.utf8))
    }

    private static let program = """
        import base64, email, email.policy, json, sys

        def read(line):
            m = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
            return {
                "messageID": str(m["Message-ID"]), "from": str(m["From"]), "to": str(m["To"]), "subject": str(m["Subject"]),
                "body": m.get_content(), "recipient": str(m["X-RcptTo"] or ""), "sender": str(m["X-MailFrom"] or ""),
                "headers": m.keys(), "defects": [repr(d) for d in m.defects] + [repr(d) for v in m.values() for d in v.defects],
            }

        print(json.dumps([read(line) for line in sys.stdin.read().split()]))
        """
}
