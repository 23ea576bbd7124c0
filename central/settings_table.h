/* Every key of central.conf. Private to settings.c. */
#pragma once
#include "firmware/base/config.h"

static const Option options[] = {
    {"service", "state_dir", OPTION_PATH, "central-state", 1, 200, NULL, "Folder of the register and the keys; on a disk that keeps what fsync promised."},
    {"service", "verify_host", OPTION_STRING, "verify.example.gov.cn", 1, 60, NULL, "Host name of the public page, as it stands in the QR."},
    {"service", "lease_s", OPTION_INT, "600", 1, 3600, "seconds", "How long a kiosk may take from reserving to its report; then the issuance is unsure."},
    {"visit", "factor", OPTION_CHOICE, "none", 0, 0, "none sms", "Whether a code is sent to the owner's phone before records are given."},
    {"visit", "per_minute", OPTION_INT, "120", 1, 100000, "visits", "Visits that one kiosk may open in a minute."},
    {"listen", "address", OPTION_STRING, "127.0.0.1", 2, 45, NULL, "IP address of both listeners."},
    {"listen", "api_port", OPTION_INT, "8443", 0, 65535, "port", "Port of the kiosks' API; 0: any free one."},
    {"listen", "public_port", OPTION_INT, "8444", 0, 65535, "port", "Port of the public page; 0: any free one."},
    {"listen", "threads", OPTION_INT, "2", 1, 16, "threads", "Threads that answer kiosks."},
    {"tls", "names", OPTION_STRING, "", 0, 400, NULL, "Names and addresses in the service's certificate beside localhost, separated by blanks; read by init."},
    {"public", "per_minute", OPTION_INT, "60", 1, 100000, "questions", "Questions that one address may ask the public page in a minute."},
    {"log", "level", OPTION_CHOICE, "info", 0, 0, "error warn info debug", "What the log holds."},
};
