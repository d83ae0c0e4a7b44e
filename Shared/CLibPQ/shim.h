#include <libpq-fe.h>

// Swift does not see character macros; these are the error fields that the client reads.
static inline int palestra_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int palestra_diag_constraint_name(void) { return PG_DIAG_CONSTRAINT_NAME; }
static inline int palestra_diag_table_name(void) { return PG_DIAG_TABLE_NAME; }
static inline int palestra_diag_column_name(void) { return PG_DIAG_COLUMN_NAME; }
static inline int palestra_diag_message_primary(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int palestra_diag_message_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }
