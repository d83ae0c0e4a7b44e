// amqp-consume URL QUEUE: takes everything that waits in a queue, with a prefetch of 256, and acknowledges it, 64 messages with one
// `multiple`. Prints how many it took per second, from the first one to the last acknowledgement.
#include "amqp-connection.h"

enum { PREFETCH = 256, BATCH = 64 };

int main(int count, char **arguments) {
    check(count == 3, "usage: amqp-consume URL QUEUE;");
    struct amqp_connection_info address;
    amqp_connection_state_t state = open_channel(arguments[1], &address);
    amqp_bytes_t queue = amqp_cstring_bytes(arguments[2]);
    amqp_queue_declare_ok_t *declared = amqp_queue_declare(state, 1, queue, 1, 0, 0, 0, amqp_empty_table);
    check(declared != NULL && declared->message_count > 0, "there is nothing to consume: queue.declare");
    unsigned long long waiting = declared->message_count, taken = 0, unacknowledged = 0;
    amqp_basic_qos(state, 1, 0, PREFETCH, 0);
    check(amqp_get_rpc_reply(state).reply_type == AMQP_RESPONSE_NORMAL, "basic.qos");
    amqp_basic_consume(state, 1, queue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    check(amqp_get_rpc_reply(state).reply_type == AMQP_RESPONSE_NORMAL, "basic.consume");
    double start = 0;
    while (taken < waiting) {
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(state);
        check(amqp_consume_message(state, &envelope, NULL, 0).reply_type == AMQP_RESPONSE_NORMAL, "basic.deliver");
        if (taken == 0) start = now();
        taken++;
        unacknowledged++;
        if (unacknowledged == BATCH || taken == waiting) {
            check(amqp_basic_ack(state, 1, envelope.delivery_tag, 1) == AMQP_STATUS_OK, "basic.ack");
            unacknowledged = 0;
        }
        amqp_destroy_envelope(&envelope);
    }
    printf("{\"per_second\": %.0f, \"messages\": %llu}\n", taken / (now() - start), taken);
    close_connection(state);
}
