#include <libpq-fe.h>
// What Swift's own module of the C library leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Swift does not see character macros; these are the error fields that the client reads. DETAIL is not among them: it
// holds values of rows.
static inline int palestra_diag_severity(void) { return PG_DIAG_SEVERITY_NONLOCALIZED; }
static inline int palestra_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int palestra_diag_constraint_name(void) { return PG_DIAG_CONSTRAINT_NAME; }
static inline int palestra_diag_message_primary(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int palestra_diag_source_function(void) { return PG_DIAG_SOURCE_FUNCTION; }
