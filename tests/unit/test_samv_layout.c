/* Which endpoints carry a reader's frames, and which ids may be a reader. */
#include "drivers/samv/devices.h"
#include "drivers/samv/layout.h"
#include "tests/testing.h"
#include <string.h>

#define ENDPOINTS_MAX 6
#define BULK LIBUSB_TRANSFER_TYPE_BULK
#define INTERRUPT LIBUSB_TRANSFER_TYPE_INTERRUPT

typedef struct {
    guint8 address, type;
    guint16 packet_bytes;
} Point;

static const struct {
    const char *what, *word; /* NULL: no known reader */
    guint8 class;
    Point points[ENDPOINTS_MAX];
    guint8 in[2], out[2];
    CommandId watch;
} wirings[] = {
    {"split pipes in any order",
     "split pipes",
     0,
     {{0x85, BULK, 64}, {0x06, BULK, 64}, {0x02, BULK, 64}, {0x81, BULK, 64}},
     {0x81, 0x85},
     {0x02, 0x06},
     COMMAND_WATCH},
    {"a pipe pair",
     "one pipe pair",
     0,
     {{0x82, BULK, 512}, {0x01, BULK, 512}},
     {0x82, 0},
     {0x01, 0},
     COMMAND_WATCH},
    {"a pipe pair of the vendor's class beside an interrupt",
     "one pipe pair",
     0xFF,
     {{0x83, INTERRUPT, 8}, {0x81, BULK, 64}, {0x02, BULK, 64}},
     {0x81, 0},
     {0x02, 0},
     COMMAND_WATCH},
    {"HID",
     "HID reports",
     LIBUSB_CLASS_HID,
     {{0x81, INTERRUPT, 64}, {0x01, INTERRUPT, 64}},
     {0x81, 0},
     {0x01, 0},
     COMMAND_WATCH_NUMBER},
    {"interrupts without HID",
     "interrupt pair",
     0xFF,
     {{0x81, INTERRUPT, 64}, {0x02, INTERRUPT, 64}},
     {0x81, 0},
     {0x02, 0},
     COMMAND_WATCH},
    {"a keyboard", NULL, LIBUSB_CLASS_HID, {{0x81, INTERRUPT, 8}}, {0, 0}, {0, 0}, 0},
    {"three pipes in",
     NULL,
     0,
     {{0x81, BULK, 64}, {0x82, BULK, 64}, {0x83, BULK, 64}, {0x01, BULK, 64}, {0x02, BULK, 64}},
     {0, 0},
     {0, 0},
     0},
    {"two in, one out",
     NULL,
     0,
     {{0x81, BULK, 64}, {0x82, BULK, 64}, {0x01, BULK, 64}},
     {0, 0},
     {0, 0},
     0},
    {"packets of nothing", NULL, 0, {{0x81, BULK, 0}, {0x01, BULK, 64}}, {0, 0}, {0, 0}, 0},
    {"packets over 512", NULL, 0, {{0x81, BULK, 1024}, {0x01, BULK, 64}}, {0, 0}, {0, 0}, 0},
    {"isochronous", NULL, 0, {{0x81, 1, 64}, {0x01, 1, 64}}, {0, 0}, {0, 0}, 0},
    {"nothing", NULL, 0, {{0, 0, 0}}, {0, 0}, {0, 0}, 0},
};

/* The descriptors of row `i` as libusb parses them. */
static void describe(int i, struct libusb_endpoint_descriptor *endpoints,
                     struct libusb_interface_descriptor *ret)
{
    int count = 0;
    for (; count < ENDPOINTS_MAX && wirings[i].points[count].address; count++)
        endpoints[count] = (struct libusb_endpoint_descriptor){
            .bEndpointAddress = wirings[i].points[count].address,
            .bmAttributes = wirings[i].points[count].type,
            .wMaxPacketSize = wirings[i].points[count].packet_bytes,
        };
    *ret = (struct libusb_interface_descriptor){
        .bInterfaceClass = wirings[i].class, .bNumEndpoints = (guint8)count, .endpoint = endpoints};
}

START_TEST(wiring_is_seen_from_the_endpoints)
{
    struct libusb_endpoint_descriptor endpoints[ENDPOINTS_MAX];
    struct libusb_interface_descriptor one;
    describe(_i, endpoints, &one);
    struct libusb_interface interface = {.altsetting = &one, .num_altsetting = 1};
    struct libusb_config_descriptor config = {.bNumInterfaces = 1, .interface = &interface};
    Wiring wiring;
    gboolean known = layout_choose(&config, &wiring);
    ck_assert_msg(known == (wirings[_i].word != NULL), "%s", wirings[_i].what);
    if (!known)
        return;
    ck_assert_str_eq(wiring.layout->word, wirings[_i].word);
    ck_assert_int_eq(wiring.layout->watch, wirings[_i].watch);
    for (int pipe = 0; pipe < 2; pipe++) {
        ck_assert_uint_eq(wiring.in[pipe].address, wirings[_i].in[pipe]);
        ck_assert_uint_eq(wiring.out[pipe].address, wirings[_i].out[pipe]);
    }
}
END_TEST

START_TEST(first_interface_that_fits_is_taken)
{
    struct libusb_endpoint_descriptor keys[ENDPOINTS_MAX], pair[ENDPOINTS_MAX];
    struct libusb_interface_descriptor keyboard, reader;
    describe(5, keys, &keyboard);
    describe(1, pair, &reader);
    reader.bInterfaceNumber = 3;
    struct libusb_interface interfaces[] = {{.altsetting = NULL, .num_altsetting = 0},
                                            {.altsetting = &keyboard, .num_altsetting = 1},
                                            {.altsetting = &reader, .num_altsetting = 1}};
    struct libusb_config_descriptor config = {.bNumInterfaces = 3, .interface = interfaces};
    Wiring wiring;
    ck_assert(layout_choose(&config, &wiring));
    ck_assert_int_eq(wiring.interface, 3);
}
END_TEST

START_TEST(ids_of_the_default_are_those_of_the_table)
{
    DeviceId ids[DEVICE_IDS_MAX];
    gsize count;
    g_autoptr(Config) config = config_defaults();
    ck_assert(device_ids_read(config, ids, &count, NULL));
    ck_assert_uint_eq(count, device_rows_count);
    for (gsize i = 0; i < count; i++) {
        ck_assert_ptr_eq(device_row(ids[i]), &device_rows[i]);
        ck_assert_int_ne(device_rows[i].confidence, CONFIDENCE_UNKNOWN);
    }
    ck_assert_int_eq(device_row((DeviceId){0x1234, 0x5678})->confidence, CONFIDENCE_UNKNOWN);
}
END_TEST

START_TEST(udev_rules_follow_the_list)
{
    g_autoptr(Config) config = config_defaults();
    ck_assert(config_set(config, "reader", "devices", "0400:C35A 1234:abcd", NULL));
    g_autofree char *rules = device_udev_rules(config, NULL);
    static const char *const wanted[] = {
        "well known\nATTR{idVendor}==\"0400\", ATTR{idProduct}==\"c35a\", GROUP=\"kiosk\", "
        "MODE=\"0660\", ATTR{power/control}=\"on\"\n",
        "unknown to us\nATTR{idVendor}==\"1234\", ATTR{idProduct}==\"abcd\"",
        "SUBSYSTEM!=\"usb\", GOTO=\"kiosk_reader_end\"\n", "LABEL=\"kiosk_reader_end\"\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
        ck_assert_msg(strstr(rules, wanted[i]) != NULL, "%s", rules);
    ck_assert_ptr_null(strstr(rules, "8159"));
    g_autoptr(GError) error = NULL;
    ck_assert(config_set(config, "reader", "devices", "0400:C35A;1234", NULL));
    ck_assert_ptr_null(device_udev_rules(config, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("samv layout");
    tcase_add_loop_test(tests, wiring_is_seen_from_the_endpoints, 0, G_N_ELEMENTS(wirings));
    tcase_add_test(tests, first_interface_that_fits_is_taken);
    tcase_add_test(tests, ids_of_the_default_are_those_of_the_table);
    tcase_add_test(tests, udev_rules_follow_the_list);
    return testing_run(tests);
}
