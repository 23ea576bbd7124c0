/* Every key of kiosk.conf. Private to config.c; drivers add their rows here. */
#pragma once
#include <glib.h>

typedef enum { OPTION_UNKNOWN = 0, OPTION_STRING, OPTION_PATH, OPTION_CHOICE, OPTION_INT, OPTION_BOOL } OptionType;

typedef struct {
    const char *section, *key;
    OptionType type;
    const char *fallback; /* the default, as text */
    int min, max;         /* OPTION_INT: value; OPTION_STRING, OPTION_PATH: length in bytes */
    const char *unit;     /* OPTION_INT; OPTION_CHOICE: the words, separated by blanks */
    const char *comment;  /* one sentence */
} Option;

static const Option options[] = {
    {"kiosk", "machine", OPTION_STRING, "A012", 1, 12, NULL, "Number on the machine's plate, shown on every screen."},
    {"kiosk", "centre", OPTION_STRING, "示例市不动产登记服务中心", 1, 90, NULL, "Name of the service centre in Chinese, shown in the header."},
    {"kiosk", "centre_en", OPTION_STRING, "Sample City Real Estate Registry", 1, 90, NULL, "The same in English."},
    {"kiosk", "telephone", OPTION_STRING, "0000-0000 000", 0, 30, NULL, "Telephone for enquiries, shown at the foot."},
    {"kiosk", "window", OPTION_STRING, "3", 1, 8, NULL, "Number of the window that helps with everything this machine cannot do."},
    {"kiosk", "tax_window", OPTION_STRING, "5", 1, 8, NULL, "Number of the window that takes tax payments."},
    {"kiosk", "open_until", OPTION_STRING, "17:30", 0, 5, NULL, "End of today's service, HH:MM; empty: not shown."},
    {"kiosk", "state_dir", OPTION_PATH, "state", 1, 200, NULL, "Folder of the journal; on a disk that keeps what fsync promised."},
    {"kiosk", "assets_dir", OPTION_PATH, "", 0, 200, NULL, "Folder of fonts, translations and templates; empty: where the program was built or installed."},
    {"reader", "driver", OPTION_CHOICE, "samv", 0, 0, "samv none", "Driver of the ID card reader."},
    {"reader", "devices", OPTION_STRING, "0400:c35a", 9, 400, NULL, "USB ids that may be a reader, VID:PID in hex, separated by blanks."},
    {"reader", "bus_path", OPTION_STRING, "", 0, 40, NULL, "Bus path of the one reader to use, as in 1-1.2; empty: the only one there."},
    {"reader", "poll_idle_ms", OPTION_INT, "1000", 100, 5000, "milliseconds", "Pause between two looks for a card while nobody is being served."},
    {"reader", "poll_ms", OPTION_INT, "200", 50, 2000, "milliseconds", "Pause between two looks while a card is asked for."},
    {"printer", "driver", OPTION_CHOICE, "cups", 0, 0, "cups none", "Driver of the printer."},
    {"printer", "uri", OPTION_STRING, "ipp://localhost:631/ipp/print", 1, 200, NULL, "The printer's own IPP address: state, jobs, page counter and cancelling."},
    {"printer", "cups_server", OPTION_STRING, "", 0, 200, NULL, "Socket of the print spooler; empty: jobs go to the printer's own address."},
    {"printer", "queue", OPTION_STRING, "kiosk", 1, 60, NULL, "The spooler's queue for this printer."},
    {"printer", "timeout_ms", OPTION_INT, "2000", 50, 30000, "milliseconds", "Longest wait for one answer of printer or spooler."},
    {"printer", "poll_ms", OPTION_INT, "100", 20, 2000, "milliseconds", "Pause between two looks at the printer while it prints."},
    {"printer", "poll_idle_ms", OPTION_INT, "2000", 500, 60000, "milliseconds", "The same while it does not."},
    {"printer", "stock", OPTION_CHOICE, "plain", 0, 0, "plain preprinted", "What is printed on: plain paper for trials, or the pre-printed booklets."},
    {"printer", "offset_x_um", OPTION_INT, "0", -5000, 5000, "micrometres", "Shift of everything printed to the right."},
    {"printer", "offset_y_um", OPTION_INT, "0", -5000, 5000, "micrometres", "The same downwards."},
    {"cabinet", "driver", OPTION_CHOICE, "none", 0, 0, "none virtual", "Driver of door, exit sensor, release, retract bin and lamp."},
    {"cabinet", "virtual_file", OPTION_PATH, "cabinet.ini", 1, 200, NULL, "File that the virtual cabinet reads its sensors from and writes its actors to."},
    {"service", "url", OPTION_STRING, "https://localhost:8443", 9, 200, NULL, "Address of the central service."},
    {"service", "ca_file", OPTION_PATH, "keys/ca.pem", 1, 200, NULL, "Certificate of the authority that signed the service's certificate (PEM)."},
    {"service", "certificate_file", OPTION_PATH, "keys/kiosk.pem", 1, 200, NULL, "This kiosk's client certificate (PEM)."},
    {"service", "key_file", OPTION_PATH, "keys/kiosk.key", 1, 200, NULL, "Its private key (PEM), readable by the kiosk alone."},
    {"service", "jwks_file", OPTION_PATH, "keys/service.jwks", 1, 200, NULL, "Public signing keys of the service (JWK Set)."},
    {"service", "timeout_ms", OPTION_INT, "10000", 100, 60000, "milliseconds", "Longest wait for one answer."},
    {"service", "status_s", OPTION_INT, "60", 5, 3600, "seconds", "Pause between two status reports; without an answer the kiosk closes."},
    {"identifier", "type", OPTION_STRING, "11100000MB03271699001", 21, 21, NULL, "Type code of the identifier: the authority's code and 001 for a title certificate."},
    {"panel", "width_mm", OPTION_INT, "268", 100, 1000, "millimetres", "Width of the panel's picture."},
    {"panel", "height_mm", OPTION_INT, "476", 100, 1000, "millimetres", "Height of the panel's picture."},
    {"panel", "width_px", OPTION_INT, "1080", 480, 4096, "pixels", "Width of the picture in windowed mode and in screenshots."},
    {"panel", "height_px", OPTION_INT, "1920", 480, 4096, "pixels", "The same for the height."},
    {"visit", "still_there_s", OPTION_INT, "30", 5, 120, "seconds", "Countdown of the question whether somebody is still there."},
    {"visit", "idle_data_s", OPTION_INT, "60", 10, 300, "seconds", "Silence on a screen with data until the question."},
    {"visit", "idle_read_s", OPTION_INT, "120", 10, 600, "seconds", "Silence on a screen to read until the question."},
    {"visit", "take_card_s", OPTION_INT, "60", 5, 300, "seconds", "Wait for a card that was left on the reader."},
    {"visit", "collect_s", OPTION_INT, "60", 5, 300, "seconds", "Wait for the booklet to be taken."},
    {"log", "level", OPTION_CHOICE, "info", 0, 0, "error warn info debug", "What the log holds."},
};
