/* Preloaded into ippeveprinter, which does not start where no Avahi daemon runs: says that all went
 * well and announces nothing. Only for tests. */
#include <stddef.h>

#define EXPORT __attribute__((visibility("default"))) extern

static char nothing;

#define HANDLE(name)                                                                               \
    EXPORT void *name(void);                                                                       \
    void *name(void)                                                                               \
    {                                                                                              \
        return &nothing;                                                                           \
    }
#define SUCCESS(name)                                                                              \
    EXPORT int name(void);                                                                         \
    int name(void)                                                                                 \
    {                                                                                              \
        return 0;                                                                                  \
    }

HANDLE(avahi_threaded_poll_new)
HANDLE(avahi_threaded_poll_get)
HANDLE(avahi_client_new)
HANDLE(avahi_entry_group_new)
SUCCESS(avahi_threaded_poll_start)
SUCCESS(avahi_threaded_poll_stop)
SUCCESS(avahi_threaded_poll_lock)
SUCCESS(avahi_threaded_poll_unlock)
SUCCESS(avahi_client_errno)
SUCCESS(avahi_entry_group_free)
SUCCESS(avahi_entry_group_reset)
SUCCESS(avahi_entry_group_commit)
SUCCESS(avahi_entry_group_add_service_strlst)
SUCCESS(avahi_entry_group_add_service_subtype)
SUCCESS(avahi_entry_group_add_record)

EXPORT const char *avahi_client_get_host_name_fqdn(void *client);
const char *avahi_client_get_host_name_fqdn(void *client)
{
    (void)client;
    return "localhost";
}
