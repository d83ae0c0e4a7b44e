// What both programs begin with: a connection to URL on channel 1, in plain C on librabbitmq.
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static void check(int is_well, const char *what) {
    if (!is_well) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static amqp_connection_state_t open_channel(char *url, struct amqp_connection_info *address) {
    check(amqp_parse_url(url, address) == AMQP_STATUS_OK, "the URL");
    amqp_connection_state_t state = amqp_new_connection();
    check(amqp_socket_open(amqp_tcp_socket_new(state), address->host, address->port) == AMQP_STATUS_OK, "connect");
    amqp_rpc_reply_t reply =
        amqp_login(state, address->vhost, 1, 131072, 10, AMQP_SASL_METHOD_PLAIN, address->user, address->password);
    check(reply.reply_type == AMQP_RESPONSE_NORMAL, "login");
    amqp_channel_open(state, 1);
    check(amqp_get_rpc_reply(state).reply_type == AMQP_RESPONSE_NORMAL, "channel.open");
    return state;
}

static void close_connection(amqp_connection_state_t state) {
    amqp_connection_close(state, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state);
}
