/* The service's own authority: X.509 certificates (ECDSA P-256) for itself and for each kiosk.
 * Files are PEM; keys are readable by their owner alone; nothing is half written. */
#pragma once
#include <glib.h>

/* Writes `folder`/ca.key and ca.pem. KIOSK_ERROR_STORAGE or KIOSK_ERROR_BUG. */
gboolean pki_create_authority(const char *folder, GError **error);

/* Writes `folder`/server.key and server.pem, signed by the authority in there, for localhost,
 * 127.0.0.1, ::1 and `names` (DNS names and IP addresses separated by blanks). */
gboolean pki_create_server(const char *folder, const char *names, GError **error);

/* Writes `target`/kiosk.key and kiosk.pem (CN = `kiosk`). `ret_fingerprint`: SHA-256 of the
 * certificate (DER). */
gboolean pki_create_kiosk(const char *folder, const char *kiosk, const char *target,
                          guint8 ret_fingerprint[32], GError **error);

/* Writes `length` bytes (-1: strlen) to `folder`/`name` with `mode`, on the disk when it returns.
 */
gboolean pki_write_file(const char *folder, const char *name, const char *text, gssize length,
                        int mode, GError **error);
