import AMQP
import Testing

@Suite struct BrokerAddressTests {
    @Test func readsAllParts() throws {
        let address = try BrokerAddress("amqp://billing:p%40ss@broker.local:5673/palestra")
        #expect(address.user == "billing")
        #expect(address.password == "p@ss")
        #expect(address.host == "broker.local")
        #expect(address.port == 5673)
        #expect(address.virtualHost == "palestra")
        #expect(!address.isSecure)
    }

    @Test func fillsInWhatIsLeftOut() throws {
        #expect(try BrokerAddress("amqp://localhost").virtualHost == "/")
        #expect(try BrokerAddress("amqp://localhost/%2F").virtualHost == "/")
        #expect(try BrokerAddress("amqp://localhost").port == 5672)
        #expect(try BrokerAddress("amqps://localhost", caFile: "/ca.pem").port == 5671)
        #expect(try BrokerAddress("amqp://[::1]:5672").host == "::1")
    }

    @Test(arguments: ["", "localhost:5672", "http://localhost", "amqp://", "amqps://localhost", "amqp://localhost:70000"])
    func refusesWhatCannotWork(url: String) {
        #expect(throws: BrokerError.self) { try BrokerAddress(url) }
    }

    @Test func neverShowsThePassword() throws {
        let address = try BrokerAddress("amqp://guest:s3cret@localhost")
        var dumped = ""
        dump(address, to: &dumped)
        let configuration = BrokerConfiguration(address, connectionName: "test")
        dump(configuration, to: &dumped)
        for text in ["\(address)", String(reflecting: address), String(describing: configuration), dumped] {
            #expect(!text.contains("s3cret"))
        }
    }
}
