// amqp-publish URL QUEUE SECONDS: persistent mandatory messages of 512 bytes to a quorum queue, in windows of 100: it sends a window, waits
// for all its confirms and sends the next. Prints how many were confirmed per second, after a fifth of the time to warm up.
#include "amqp-connection.h"

enum { WINDOW = 100, BODY = 512 };

static amqp_connection_state_t state;
static amqp_bytes_t queue;
static amqp_basic_properties_t properties;
static char body[BODY], id[37];
static unsigned long long sent;

// Waits until `open` messages, the last ones sent, are confirmed: one by one or many at once.
static void confirm(int open) {
    unsigned long long lowest = sent - open;
    while (open > 0) {
        amqp_frame_t frame;
        amqp_maybe_release_buffers(state);
        check(amqp_simple_wait_frame(state, &frame) == AMQP_STATUS_OK, "read");
        check(frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_ACK_METHOD, "confirm");
        const amqp_basic_ack_t *ack = frame.payload.method.decoded;
        if (ack->multiple) {
            open -= ack->delivery_tag - lowest;
            lowest = ack->delivery_tag;
        } else {
            open--;
            lowest++;
        }
    }
}

static double publish(double seconds) {
    double start = now();
    unsigned long long before = sent;
    while (now() - start < seconds) {
        for (int number = 0; number < WINDOW; number++) {
            snprintf(id, sizeof id, "0192f0c1-0000-7000-8000-%012llu", ++sent);
            int status = amqp_basic_publish(
                state, 1, amqp_empty_bytes, queue, 1, 0, &properties, (amqp_bytes_t){.len = sizeof body, .bytes = body});
            check(status == AMQP_STATUS_OK, "basic.publish");
        }
        confirm(WINDOW);
    }
    return (sent - before) / (now() - start);
}

int main(int count, char **arguments) {
    check(count == 4, "usage: amqp-publish URL QUEUE SECONDS;");
    struct amqp_connection_info address;
    state = open_channel(arguments[1], &address);
    queue = amqp_cstring_bytes(arguments[2]);
    double seconds = atof(arguments[3]);
    amqp_confirm_select(state, 1);
    check(amqp_get_rpc_reply(state).reply_type == AMQP_RESPONSE_NORMAL, "confirm.select");
    memset(body, 'x', sizeof body);
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_USER_ID_FLAG;
    properties.delivery_mode = 2;
    properties.message_id = (amqp_bytes_t){.len = sizeof id - 1, .bytes = id};
    properties.user_id = amqp_cstring_bytes(address.user);
    publish(seconds / 5);
    printf("{\"per_second\": %.0f}\n", publish(seconds));
    close_connection(state);
}
