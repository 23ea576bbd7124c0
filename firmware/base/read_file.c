#include "firmware/base/read_file.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include <errno.h>
#include <stdio.h>

char *read_file(const char *path, gsize most, gsize *ret_length, GError **error)
{
    char *buffer = g_malloc(most + 1);
    FILE *file = fopen(path, "rbe");
    gsize length = file ? fread(buffer, 1, most + 1, file) : 0;
    gboolean failed = !file || ferror(file);
    int cause = errno;
    if (file)
        (void)fclose(file);
    if (failed)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s", g_strerror(cause));
    else if (length > most)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "larger than %zu bytes", most);
    if (failed || length > most) {
        secret_wipe(buffer, length);
        g_free(buffer);
        return NULL;
    }
    buffer[length] = '\0';
    *ret_length = length;
    return buffer;
}
