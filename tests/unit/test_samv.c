#include "drivers/samv/card_text.h"
#include "drivers/samv/command.h"
#include "drivers/samv/frame.h"
#include "tests/testing.h"
#include "tests/unit/samv_vectors.h"
#include <string.h>

#define TODAY 20260630
#define FRAME_ROOM 4200

static gsize from_hex(const char *hex, guint8 *ret, gsize size)
{
    gsize length = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        ck_assert_uint_lt(length, size);
        ret[length++] = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        hex++;
    }
    return length;
}

static const struct {
    CommandId id;
    const char *frame;
} command_cases[] = {
    {COMMAND_RESET, "AAAAAA9669 0003 10FF EC"},
    {COMMAND_STATUS, "AAAAAA9669 0003 11FF ED"},
    {COMMAND_IDENTIFY, "AAAAAA9669 0003 12FF EE"},
    {COMMAND_FIND, "AAAAAA9669 0003 2001 22"},
    {COMMAND_SELECT, "AAAAAA9669 0003 2002 21"},
    {COMMAND_READ, "AAAAAA9669 0003 3001 32"},
    {COMMAND_WATCH, "AAAAAA9669 0003 3003 30"},
    {COMMAND_WATCH_NUMBER, "AAAAAA9669 0003 3005 36"},
};

START_TEST(commands_are_those_of_the_protocol)
{
    guint8 wanted[FRAME_COMMAND_BYTES], frame[FRAME_COMMAND_BYTES];
    const Command *command = command_row(command_cases[_i].id);
    ck_assert_uint_eq(from_hex(command_cases[_i].frame, wanted, sizeof wanted), sizeof wanted);
    frame_build(command->code, command->parameter, frame);
    ck_assert_mem_eq(frame, wanted, sizeof wanted);
}
END_TEST

static const struct {
    const char *name, *bytes;
    FrameState state;
    guint8 status;
    gsize length, end;
} frame_cases[] = {
    {"status", "AAAAAA9669 0004 000090 94", FRAME_COMPLETE, 0x90, 0, 11},
    {"card found", "AAAAAA9669 0008 00009F 00000000 97", FRAME_COMPLETE, 0x9F, 4, 15},
    {"no card", "AAAAAA9669 0004 000080 84", FRAME_COMPLETE, 0x80, 0, 11},
    {"select failed", "AAAAAA9669 0004 000081 85", FRAME_COMPLETE, 0x81, 0, 11},
    {"no such item", "AAAAAA9669 0004 000091 95", FRAME_COMPLETE, 0x91, 0, 11},
    {"module number", "AAAAAA9669 0014 000090 05000100 E5D63401 87D61200 B1CB7400 CB",
     FRAME_COMPLETE, 0x90, 16, 27},
    {"garbage in front", "0102AA AAAAAA9669 0004 000090 94", FRAME_COMPLETE, 0x90, 0, 14},
    {"one AA lost", "AAAA9669 0004 000090 94", FRAME_COMPLETE, 0x90, 0, 10},
    {"one AA too many", "AAAAAAAA9669 0004 000090 94", FRAME_COMPLETE, 0x90, 0, 12},
    {"second answer behind", "AAAAAA9669 0004 000090 94 AAAAAA9669", FRAME_COMPLETE, 0x90, 0, 11},
    {"two AA lost", "AA9669 0004 000090 94", FRAME_INCOMPLETE, 0, 0, 0},
    {"nothing", "", FRAME_INCOMPLETE, 0, 0, 0},
    {"half a preamble", "AAAAAA", FRAME_INCOMPLETE, 0, 0, 0},
    {"half a length", "AAAAAA9669 00", FRAME_INCOMPLETE, 0, 0, 0},
    {"check byte missing", "AAAAAA9669 0004 000090", FRAME_INCOMPLETE, 0, 0, 0},
    {"wrong check byte", "AAAAAA9669 0004 000090 95", FRAME_BROKEN, 0, 0, 0},
    {"flipped status", "AAAAAA9669 0004 000091 94", FRAME_BROKEN, 0, 0, 0},
    {"length 0", "AAAAAA9669 0000 000090 94", FRAME_BROKEN, 0, 0, 0},
    {"length 3", "AAAAAA9669 0003 0000 03", FRAME_BROKEN, 0, 0, 0},
    {"length 4090", "AAAAAA9669 0FFA 000090", FRAME_BROKEN, 0, 0, 0},
    {"length 4089", "AAAAAA9669 0FF9 000090", FRAME_INCOMPLETE, 0, 0, 0},
    {"length 65535", "AAAAAA9669 FFFF 000090", FRAME_BROKEN, 0, 0, 0},
};

START_TEST(frames_are_found_or_refused)
{
    guint8 bytes[64];
    Frame frame = {0};
    gsize length = from_hex(frame_cases[_i].bytes, bytes, sizeof bytes);
    FrameState state = frame_parse(bytes, length, &frame);
    ck_assert_msg(state == frame_cases[_i].state, "%s: %d", frame_cases[_i].name, state);
    if (state != FRAME_COMPLETE)
        return;
    ck_assert_uint_eq(frame.status, frame_cases[_i].status);
    ck_assert_uint_eq(frame.length, frame_cases[_i].length);
    ck_assert_uint_eq(frame.end, frame_cases[_i].end);
}
END_TEST

START_TEST(frame_behind_too_much_garbage_is_broken)
{
    guint8 bytes[200] = {0}, answer[11];
    Frame frame;
    from_hex("AAAAAA9669 0004 000090 94", answer, sizeof answer);
    memcpy(bytes + FRAME_GARBAGE_MAX - 1, answer, sizeof answer);
    ck_assert_int_eq(frame_parse(bytes, sizeof bytes, &frame), FRAME_COMPLETE);
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes + FRAME_GARBAGE_MAX + 8, answer, sizeof answer);
    ck_assert_int_eq(frame_parse(bytes, sizeof bytes, &frame), FRAME_BROKEN);
}
END_TEST

/* The whole answer to the read command around a text block. */
static gsize build_answer(const char *text_hex, guint8 *ret)
{
    gsize length = from_hex("AAAAAA9669 0508 000090 0100 0400", ret, FRAME_ROOM);
    length += from_hex(text_hex, ret + length, FRAME_ROOM - length);
    gsize photo = length;
    from_hex("574C66007E00320000", ret + photo, 9);
    for (gsize i = 9; i < 1024; i++)
        ret[photo + i] = (guint8)i;
    length += 1024;
    guint8 check = 0;
    for (gsize i = 5; i < length; i++)
        check ^= ret[i];
    ret[length] = check;
    return length + 1;
}

START_TEST(read_answers_are_taken_apart)
{
    guint8 bytes[FRAME_ROOM], text[CARD_TEXT_BYTES];
    Frame frame;
    CardParts parts;
    gsize length = build_answer(samv_vectors[_i].text, bytes);
    ck_assert_uint_eq(length, 1295);
    ck_assert_uint_eq(bytes[length - 1], samv_vectors[_i].check);
    ck_assert_int_eq(frame_parse(bytes, length, &frame), FRAME_COMPLETE);
    ck_assert_int_eq(command_judge(COMMAND_READ, &frame).type, VERDICT_GOOD);
    ck_assert(command_read_parts(&frame, &parts));
    from_hex(samv_vectors[_i].text, text, sizeof text);
    ck_assert_mem_eq(parts.text, text, sizeof text);
    ck_assert_uint_eq(parts.photo_bytes, 1024);
    ck_assert_mem_eq(parts.photo, "WLf", 4);
    for (gsize cut = 0; cut < length; cut++)
        ck_assert_int_eq(frame_parse(bytes, cut, &frame), FRAME_INCOMPLETE);
}
END_TEST

START_TEST(every_flipped_bit_of_an_answer_is_seen)
{
    guint8 bytes[FRAME_ROOM];
    Frame frame;
    gsize length = build_answer(samv_vectors[0].text, bytes);
    for (gsize bit = 8 * FRAME_HEADER_BYTES; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= (guint8)(1 << bit % 8);
        ck_assert_int_eq(frame_parse(bytes, length, &frame), FRAME_BROKEN);
        bytes[bit / 8] ^= (guint8)(1 << bit % 8);
    }
}
END_TEST

static const struct {
    const char *lengths;
    gsize data; /* bytes behind SW3 */
    gboolean good;
} length_cases[] = {
    {"0100 0400", 1284, TRUE},  {"0100 0000", 260, TRUE},   {"0000 0400", 1284, FALSE},
    {"0101 0400", 1285, FALSE}, {"0100 0401", 1285, FALSE}, {"0100 0400", 1283, FALSE},
    {"0100 03FF", 1284, FALSE}, {"FFFF FFFF", 1284, FALSE}, {"0100", 2, FALSE},
};

START_TEST(inner_lengths_are_checked)
{
    guint8 data[1300] = {0};
    CardParts parts;
    from_hex(length_cases[_i].lengths, data, sizeof data);
    Frame frame = {.status = 0x90, .data = data, .length = length_cases[_i].data};
    gboolean good = command_judge(COMMAND_READ, &frame).type == VERDICT_GOOD &&
                    command_read_parts(&frame, &parts);
    ck_assert_int_eq(good, length_cases[_i].good);
}
END_TEST

static const struct {
    CommandId id;
    guint8 status;
    gsize length;
    VerdictType type;
    ReaderFailure failure;
} verdict_cases[] = {
    {COMMAND_FIND, 0x9F, 4, VERDICT_GOOD, READER_FAILURE_UNKNOWN},
    {COMMAND_FIND, 0x80, 0, VERDICT_NO_CARD, READER_FAILURE_MOVED},
    {COMMAND_FIND, 0x90, 0, VERDICT_LINK, READER_FAILURE_LINK}, /* an answer to something else */
    {COMMAND_STATUS, 0x90, 1284, VERDICT_LINK, READER_FAILURE_LINK}, /* a late one */
    {COMMAND_SELECT, 0x81, 0, VERDICT_CARD, READER_FAILURE_UNREADABLE},
    {COMMAND_READ, 0x41, 0, VERDICT_CARD, READER_FAILURE_UNREADABLE},
    {COMMAND_READ, 0x33, 0, VERDICT_CARD, READER_FAILURE_NOT_GENUINE},
    {COMMAND_READ, 0x40, 0, VERDICT_CARD, READER_FAILURE_WRONG_TYPE},
    {COMMAND_READ, 0x10, 0, VERDICT_LINK, READER_FAILURE_LINK},
    {COMMAND_READ, 0x91, 0, VERDICT_LINK, READER_FAILURE_LINK},
    {COMMAND_READ, 0x77, 0, VERDICT_LINK, READER_FAILURE_LINK},
    {COMMAND_WATCH, 0x90, 280, VERDICT_GOOD, READER_FAILURE_UNKNOWN},
    {COMMAND_WATCH, 0x90, 281, VERDICT_LINK, READER_FAILURE_LINK},
    {COMMAND_WATCH, 0x91, 0, VERDICT_GOOD, READER_FAILURE_UNKNOWN},
    {COMMAND_WATCH, 0x41, 0, VERDICT_CARD, READER_FAILURE_UNREADABLE},
    {COMMAND_WATCH_NUMBER, 0x90, 28, VERDICT_GOOD, READER_FAILURE_UNKNOWN},
    {COMMAND_WATCH_NUMBER, 0x90, 29, VERDICT_LINK, READER_FAILURE_LINK},
    {COMMAND_WATCH_NUMBER, 0x41, 0, VERDICT_CARD, READER_FAILURE_UNREADABLE},
};

START_TEST(answers_get_the_verdict_of_their_status)
{
    static const guint8 data[1300];
    Frame frame = {
        .status = verdict_cases[_i].status, .data = data, .length = verdict_cases[_i].length};
    Verdict verdict = command_judge(verdict_cases[_i].id, &frame);
    ck_assert_int_eq(verdict.type, verdict_cases[_i].type);
    ck_assert_int_eq(verdict.failure, verdict_cases[_i].failure);
}
END_TEST

static const struct {
    DocumentType type;
    const char *name, *number;
    int from, until;
} holder_cases[] = {
    {DOCUMENT_TYPE_RESIDENT, "测试一", "330199199003070018", 20200101, 99999999},
    {DOCUMENT_TYPE_HMT_PERMIT, "测试二", "810000199001010000", 20230601, 20280601},
    {DOCUMENT_TYPE_FOREIGN_PERMANENT, "测试三", "USA330181080300", 20180101, 20280101},
    {DOCUMENT_TYPE_FOREIGN_PERMANENT_2, "测试四", "933840198108030001", 20231201, 20331201},
};
_Static_assert(G_N_ELEMENTS(holder_cases) == G_N_ELEMENTS(samv_vectors), "one person a vector");

START_TEST(every_type_of_card_names_its_holder)
{
    guint8 text[CARD_TEXT_BYTES];
    ReaderFailure failure = READER_FAILURE_UNKNOWN;
    from_hex(samv_vectors[_i].text, text, sizeof text);
    g_autoptr(Holder) holder = card_text_read(text, TODAY, &failure, &(const char *){NULL});
    ck_assert_msg(holder != NULL, "%s: %d", samv_vectors[_i].name, failure);
    ck_assert_int_eq(holder->type, holder_cases[_i].type);
    ck_assert_str_eq(personal_reveal(holder->name), holder_cases[_i].name);
    ck_assert_str_eq(personal_reveal(holder->id_number), holder_cases[_i].number);
    ck_assert_int_eq(holder->valid_from, holder_cases[_i].from);
    ck_assert_int_eq(holder->valid_until, holder_cases[_i].until);
}
END_TEST

enum { RESIDENT, HMT, FOREIGN_2017, FOREIGN_2023 };

/* One place of a vector is overwritten; what the driver then says of the card. */
static const struct {
    const char *what;
    int vector, today, offset;
    const char *utf8;
    ReaderFailure failure; /* UNKNOWN: read */
    const char *member;
} change_cases[] = {
    {"nothing", RESIDENT, TODAY, 0, "", READER_FAILURE_UNKNOWN, NULL},
    {"last valid day", HMT, 20280601, 0, "", READER_FAILURE_UNKNOWN, NULL},
    {"the day after", HMT, 20280602, 0, "", READER_FAILURE_EXPIRED, "validity"},
    {"first valid day", HMT, 20230601, 0, "", READER_FAILURE_UNKNOWN, NULL},
    {"the day before", HMT, 20230531, 0, "", READER_FAILURE_FUTURE, "validity"},
    {"for ever", RESIDENT, 29991231, 0, "", READER_FAILURE_UNKNOWN, NULL},
    {"type X", RESIDENT, TODAY, 248, "X", READER_FAILURE_WRONG_TYPE, "type"},
    {"type of another card", RESIDENT, TODAY, 248, "Y", READER_FAILURE_NOT_GENUINE, "number"},
    {"check character", RESIDENT, TODAY, 156, "9", READER_FAILURE_NOT_GENUINE, "number"},
    {"letter in the number", RESIDENT, TODAY, 130, "A", READER_FAILURE_NOT_GENUINE, "number"},
    {"another birth", RESIDENT, TODAY, 36, "19900308", READER_FAILURE_NOT_GENUINE, "birth"},
    {"birth is no day", RESIDENT, TODAY, 36, "19900230", READER_FAILURE_NOT_GENUINE, "birth"},
    {"another sex", RESIDENT, TODAY, 30, "2", READER_FAILURE_NOT_GENUINE, "sex"},
    {"sex unspecified", RESIDENT, TODAY, 30, "9", READER_FAILURE_UNKNOWN, NULL},
    {"sex is no digit", RESIDENT, TODAY, 30, "M", READER_FAILURE_NOT_GENUINE, "sex"},
    {"resident's number on a permit", HMT, TODAY, 122, "330199199003070018",
     READER_FAILURE_NOT_GENUINE, "number"},
    {"no name", RESIDENT, TODAY, 0, "   ", READER_FAILURE_NOT_GENUINE, "name"},
    {"control character in the name", RESIDENT, TODAY, 2, "\n", READER_FAILURE_NOT_GENUINE, "name"},
    {"no validity", RESIDENT, TODAY, 204, "  ", READER_FAILURE_NOT_GENUINE, "valid_until"},
    {"validity is no day", HMT, TODAY, 204, "20281301", READER_FAILURE_NOT_GENUINE, "valid_until"},
    {"validity ends before it begins", HMT, TODAY, 204, "20230531", READER_FAILURE_NOT_GENUINE,
     "valid_until"},
    {"start is not stated", RESIDENT, TODAY, 188, "        ", READER_FAILURE_NOT_GENUINE,
     "valid_from"},
    {"2017 number with a digit in front", FOREIGN_2017, TODAY, 122, "1", READER_FAILURE_NOT_GENUINE,
     "number"},
    {"2023 number without its 9", FOREIGN_2023, TODAY, 122, "810000199001010000",
     READER_FAILURE_NOT_GENUINE, "number"},
    {"sex that no standard knows", RESIDENT, TODAY, 30, "3", READER_FAILURE_NOT_GENUINE, "sex"},
    {"sex unknown", RESIDENT, TODAY, 30, "0", READER_FAILURE_UNKNOWN, NULL},
    {"birth is not stated", FOREIGN_2017, TODAY, 220, "        ", READER_FAILURE_NOT_GENUINE,
     "birth"},
    {"start without a day", RESIDENT, TODAY, 188, "长期      ", READER_FAILURE_NOT_GENUINE,
     "valid_from"},
    {"name of zero width", RESIDENT, TODAY, 0, "\u200b\u200b\u200b", READER_FAILURE_NOT_GENUINE,
     "name"},
    {"name of wide blanks", RESIDENT, TODAY, 0, "\u3000\u3000\u3000", READER_FAILURE_NOT_GENUINE,
     "name"},
    {"name that turns the line", RESIDENT, TODAY, 2, "\u202e", READER_FAILURE_NOT_GENUINE, "name"},
    {"name with an isolate", RESIDENT, TODAY, 2, "\u2066", READER_FAILURE_NOT_GENUINE, "name"},
    {"name that breaks the line", RESIDENT, TODAY, 2, "\u2028", READER_FAILURE_NOT_GENUINE, "name"},
    {"name with a byte order mark", RESIDENT, TODAY, 2, "\ufeff", READER_FAILURE_NOT_GENUINE,
     "name"},
    {"private use that has no character", RESIDENT, TODAY, 2, "\ue900", READER_FAILURE_NOT_GENUINE,
     "name"},
    {"private use that has one", RESIDENT, TODAY, 2, "\ue863", READER_FAILURE_UNKNOWN, NULL},
};

static void overwrite(guint8 *text, int offset, const char *utf8)
{
    for (const char *at = utf8; *at; at = g_utf8_next_char(at), offset += 2) {
        text[offset] = (guint8)g_utf8_get_char(at);
        text[offset + 1] = (guint8)(g_utf8_get_char(at) >> 8);
    }
}

START_TEST(cards_that_contradict_themselves_are_refused)
{
    guint8 text[CARD_TEXT_BYTES];
    ReaderFailure failure = READER_FAILURE_UNKNOWN;
    from_hex(samv_vectors[change_cases[_i].vector].text, text, sizeof text);
    overwrite(text, change_cases[_i].offset, change_cases[_i].utf8);
    const char *member = NULL;
    g_autoptr(Holder) holder = card_text_read(text, change_cases[_i].today, &failure, &member);
    ck_assert_msg(failure == change_cases[_i].failure, "%s: failure %d", change_cases[_i].what,
                  failure);
    ck_assert_msg(!g_strcmp0(member, change_cases[_i].member), "%s: %s", change_cases[_i].what,
                  member);
    ck_assert_int_eq(holder == NULL, change_cases[_i].failure != READER_FAILURE_UNKNOWN);
}
END_TEST

static const struct {
    const char *what, *units; /* of the name, UTF-16LE in hex, padded with blanks */
    const char *name;         /* NULL: refused */
} name_cases[] = {
    {"blanks behind", "4B6D D58B", "测试"},
    {"NUL padding", "4B6D D58B 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000",
     "测试"},
    {"NUL inside", "4B6D 0000 D58B", NULL},
    {"beyond the BMP", "4B6D 40D8 00DC", "测𠀀"},
    {"half a pair", "4B6D 40D8", NULL},
    {"the other half", "00DC 4B6D", NULL},
    {"private use, of nobody known", "00E0 4B6D", NULL},
    {"private use, GB 18030 FE50", "4B6D 15E8", "测⺁"},
    {"private use, GB 18030 FE51", "4B6D 16E8", "测𠂇"},
    {"private use, GB 18030 FE59", "4B6D 1EE8", "测龴"},
    {"private use, GB 18030 FE7E and FE80", "43E8 44E8", "龹䜣"},
    {"private use, GB 18030 FEA0", "4B6D 64E8", "测龻"},
    {"private use, behind the row", "4B6D 65E8", NULL},
    {"private use, GB 18030 A8BC and A8BF", "C7E7 C8E7", "ḿǹ"},
    {"fifteen characters",
     "4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D 4B6D "
     "4B6D",
     "测测测测测测测测测测测测测测测"},
};

START_TEST(names_are_decoded_or_refused)
{
    guint8 text[CARD_TEXT_BYTES];
    ReaderFailure failure = READER_FAILURE_UNKNOWN;
    from_hex(samv_vectors[RESIDENT].text, text, sizeof text);
    overwrite(text, 0, "               ");
    from_hex(name_cases[_i].units, text, 30);
    g_autoptr(Holder) holder = card_text_read(text, TODAY, &failure, &(const char *){NULL});
    ck_assert_msg((holder != NULL) == (name_cases[_i].name != NULL), "%s", name_cases[_i].what);
    if (holder)
        ck_assert_str_eq(personal_reveal(holder->name), name_cases[_i].name);
    else
        ck_assert_int_eq(failure, READER_FAILURE_NOT_GENUINE);
}
END_TEST

START_TEST(latin_name_stands_in_for_a_missing_chinese_one)
{
    guint8 text[CARD_TEXT_BYTES];
    ReaderFailure failure;
    from_hex(samv_vectors[FOREIGN_2023].text, text, sizeof text);
    overwrite(text, 0, "               ");
    g_autoptr(Holder) two = card_text_read(text, TODAY, &failure, &(const char *){NULL});
    ck_assert_ptr_nonnull(two);
    ck_assert_str_eq(personal_reveal(two->name), "TEST, SPECIMEN TWO");
    from_hex(samv_vectors[FOREIGN_2017].text, text, sizeof text);
    overwrite(text, 158, "               ");
    g_autoptr(Holder) one = card_text_read(text, TODAY, &failure, &(const char *){NULL});
    ck_assert_ptr_nonnull(one);
    ck_assert_str_eq(personal_reveal(one->name), "TEST, SPECIMEN ONE");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("samv");
    tcase_add_loop_test(tests, commands_are_those_of_the_protocol, 0, G_N_ELEMENTS(command_cases));
    tcase_add_loop_test(tests, frames_are_found_or_refused, 0, G_N_ELEMENTS(frame_cases));
    tcase_add_test(tests, frame_behind_too_much_garbage_is_broken);
    tcase_add_loop_test(tests, read_answers_are_taken_apart, 0, G_N_ELEMENTS(samv_vectors));
    tcase_add_test(tests, every_flipped_bit_of_an_answer_is_seen);
    tcase_add_loop_test(tests, inner_lengths_are_checked, 0, G_N_ELEMENTS(length_cases));
    tcase_add_loop_test(tests, answers_get_the_verdict_of_their_status, 0,
                        G_N_ELEMENTS(verdict_cases));
    tcase_add_loop_test(tests, every_type_of_card_names_its_holder, 0, G_N_ELEMENTS(holder_cases));
    tcase_add_loop_test(tests, cards_that_contradict_themselves_are_refused, 0,
                        G_N_ELEMENTS(change_cases));
    tcase_add_loop_test(tests, names_are_decoded_or_refused, 0, G_N_ELEMENTS(name_cases));
    tcase_add_test(tests, latin_name_stands_in_for_a_missing_chinese_one);
    return testing_run(tests);
}
