/* kiosk.conf: every value that is taken is one of its row. */
#include "firmware/base/config.h"
#include "tests/fuzz/fuzz.h"
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    int file = memfd_create("kiosk.conf", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    if (file < 0 || write(file, bytes, length) != (gssize)length)
        abort();
    g_autoptr(Config) config = config_load(path, &error);
    close(file);
    FUZZ_CHECK_ERROR(config, error);
    if (config) {
        int percent = config_int(config, "reader", "deadline_percent");
        FUZZ_CHECK(percent > 0 && percent <= 1000);
    }
    return 0;
}
