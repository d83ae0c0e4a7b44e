// Filled by the AMQP target's own files.
