import CRabbitMQ
import Foundation

extension Connection {
    /// A library state with a connected socket, TLS included.
    static func openSocket(_ address: BrokerAddress) throws(BrokerError) -> amqp_connection_state_t {
        let numbers = try Resolver.addresses(of: address.host, within: connectTimeout)
        // TLS checks the certificate against the name it connects to, so it must be given the name.
        let hosts = address.isSecure ? [address.host] : numbers
        var problem = BrokerError(.connectionFailed, "the broker's name has no address")
        for host in hosts {
            do {
                return try openSocket(address, host: host)
            } catch {
                problem = error
            }
        }
        throw problem
    }

    /// Every attempt needs a state of its own: the library cannot use one again after an error.
    private static func openSocket(_ address: BrokerAddress, host: String) throws(BrokerError) -> amqp_connection_state_t {
        guard let state = amqp_new_connection() else { throw BrokerError(.connectionFailed, "out of memory") }
        do throws(BrokerError) {
            guard let socket = address.isSecure ? try secureSocket(state, address) : amqp_tcp_socket_new(state) else {
                throw BrokerError(.connectionFailed, "no socket")
            }
            var timeout = timeval(connectTimeout)
            let status = amqp_socket_open_noblock(socket, host, Int32(address.port), &timeout)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw BrokerError(.connectionFailed, "connect: \(String(cString: amqp_error_string2(status)))")
            }
            return state
        } catch {
            amqp_destroy_connection(state)
            throw error
        }
    }

    private static func secureSocket(_ state: amqp_connection_state_t, _ address: BrokerAddress) throws(BrokerError) -> OpaquePointer? {
        guard let socket = amqp_ssl_socket_new(state) else { return nil }
        // Peer and host name checks are on by default and stay on; the library trusts no authority by itself.
        guard let caFile = address.caFile, amqp_ssl_socket_set_cacert(socket, caFile) == AMQP_STATUS_OK.rawValue else {
            throw BrokerError(.configuration, "the file of the authorities to trust cannot be used")
        }
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == AMQP_STATUS_OK.rawValue else {
            throw BrokerError(.configuration, "TLS 1.2 is not available")
        }
        if let certificate = address.clientCertificateFile, let key = address.clientKeyFile {
            guard amqp_ssl_socket_set_key(socket, certificate, key) == AMQP_STATUS_OK.rawValue else {
                throw BrokerError(.configuration, "the client's certificate or key cannot be used")
            }
        }
        return socket
    }
}
