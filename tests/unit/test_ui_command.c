#include "firmware/base/error.h"
#include "tests/testing.h"
#include "ui/command.h"
#include <string.h>

static const struct {
    const char *line;
    Command wanted;
} good[] = {
    {"{\"do\":\"touch\",\"action\":\"confirm\"}",
     {.type = COMMAND_TOUCH, .action = {ACTION_CONFIRM, -1}}},
    {"{\"action\":\"choose:12\",\"do\":\"touch\",\"x_mm\":\"ignored\"}",
     {.type = COMMAND_TOUCH, .action = {ACTION_CHOOSE, 12}}},
    {" { \"do\" : \"touch\" , \"x_mm\" : 100 , \"y_mm\" : 300.5 } \r",
     {.type = COMMAND_TOUCH_AT, .x_mm = 100, .y_mm = 300.5}},
    {"{\"do\":\"touch\",\"x_mm\":0,\"y_mm\":10000}",
     {.type = COMMAND_TOUCH_AT, .x_mm = 0, .y_mm = 10000}},
    {"{\"do\":\"type\",\"text\":\"123456\",\"more\":[{}]}",
     {.type = COMMAND_TYPE, .text = "123456"}},
    {"{\"do\":\"screenshot\",\"file\":\"a.png\"}", {.type = COMMAND_SCREENSHOT, .file = "a.png"}},
    {"{\"do\":\"quit\"}", {.type = COMMAND_QUIT}},
};

START_TEST(a_good_line_is_understood)
{
    g_autoptr(GError) error = NULL;
    Command command;
    gboolean parsed = command_parse(good[_i].line, strlen(good[_i].line), &command, &error);
    ck_assert_msg(parsed, "%s: %s", good[_i].line, error ? error->message : "");
    const Command *wanted = &good[_i].wanted;
    ck_assert_int_eq(command.type, wanted->type);
    if (command.type == COMMAND_TOUCH) {
        ck_assert_int_eq(command.action.id, wanted->action.id);
        ck_assert_int_eq(command.action.index, wanted->action.index);
    }
    ck_assert_double_eq(command.x_mm, wanted->x_mm);
    ck_assert_double_eq(command.y_mm, wanted->y_mm);
    ck_assert_str_eq(command.text, wanted->text);
    ck_assert_str_eq(command.file, wanted->file);
}
END_TEST

static const struct {
    const char *line, *member; /* what the message begins with */
} bad[] = {
    {"", "line: "},
    {"   ", "line: "},
    {"nonsense", "line: "},
    {"null", "line: "},
    {"12", "line: "},
    {"[]", "line: "},
    {"\"quit\"", "line: "},
    {"{", "line: "},
    {"{\"do\":\"quit\"", "line: "},
    {"{\"do\":\"quit\"}{\"do\":\"quit\"}", "line: "},
    {"{\"do\":\"quit\",\"do\":\"quit\"}", "line: "},
    {"{\"do\":\"qu\xff\"}", "line: "},
    {"{\"do\":\"quit\\u0000\"}", "line: "},
    {"{}", "do: "},
    {"{\"do\":1}", "do: "},
    {"{\"do\":null}", "do: "},
    {"{\"do\":\"\"}", "do: "},
    {"{\"do\":\"Quit\"}", "do: "},
    {"{\"do\":\"quit \"}", "do: "},
    {"{\"do\":\"a-verb-that-is-longer-than-all-others\"}", "do: "},
    {"{\"do\":\"touch\"}", "touch: "},
    {"{\"do\":\"touch\",\"action\":\"\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":7}", "action: "},
    {"{\"do\":\"touch\",\"action\":null}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"unknown\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"choose\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"choose:-1\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"choose:100\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"choose:1x\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"confirm:1\"}", "action: "},
    {"{\"do\":\"touch\",\"action\":\"an-action-that-is-longer-than-any\"}", "action: "},
    {"{\"do\":\"touch\",\"x_mm\":1}", "touch: "},
    {"{\"do\":\"touch\",\"x_mm\":-0.1,\"y_mm\":1}", "touch: "},
    {"{\"do\":\"touch\",\"x_mm\":1,\"y_mm\":10000.1}", "touch: "},
    {"{\"do\":\"touch\",\"x_mm\":1e400,\"y_mm\":1}", "line: "},
    {"{\"do\":\"touch\",\"x_mm\":\"1\",\"y_mm\":1}", "touch: "},
    {"{\"do\":\"type\"}", "text: "},
    {"{\"do\":\"type\",\"text\":\"\"}", "text: "},
    {"{\"do\":\"type\",\"text\":123456}", "text: "},
    {"{\"do\":\"type\",\"text\":\"a\\nb\"}", "text: "},
    {"{\"do\":\"type\",\"text\":\"\\u007f\"}", "text: "},
    {"{\"do\":\"type\",\"text\":"
     "\"0123456789012345678901234567890123456789012345678901234567890123\"}",
     "text: "},
    {"{\"do\":\"screenshot\"}", "file: "},
    {"{\"do\":\"screenshot\",\"file\":\"\"}", "file: "},
    {"{\"do\":\"screenshot\",\"file\":[\"a.png\"]}", "file: "},
};

START_TEST(a_bad_line_is_refused_naming_the_member)
{
    g_autoptr(GError) error = NULL;
    Command command = {.type = COMMAND_QUIT};
    ck_assert_msg(!command_parse(bad[_i].line, strlen(bad[_i].line), &command, &error), "%s",
                  bad[_i].line);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    ck_assert_msg(g_str_has_prefix(error->message, bad[_i].member), "%s: %s", bad[_i].line,
                  error->message);
    ck_assert_int_eq(command.type, COMMAND_QUIT); /* untouched */
}
END_TEST

START_TEST(deep_nesting_and_raw_nul_are_refused)
{
    Command command;
    g_autofree char *deep = g_strnfill(4096, '[');
    ck_assert(!command_parse(deep, strlen(deep), &command, NULL));
    const char line[] = "{\"do\":\"quit\0\"}";
    ck_assert(!command_parse(line, sizeof line - 1, &command, NULL));
    g_autofree char *file = g_strnfill(1024, 'a');
    g_autofree char *longer = g_strdup_printf("{\"do\":\"screenshot\",\"file\":\"%s\"}", file);
    ck_assert(!command_parse(longer, strlen(longer), &command, NULL));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("command");
    tcase_add_loop_test(tests, a_good_line_is_understood, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(tests, a_bad_line_is_refused_naming_the_member, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tests, deep_nesting_and_raw_nul_are_refused);
    return testing_run(tests);
}
