#include "firmware/maintenance/journal_words.h"
#include "firmware/issuance/journal_internal.h"
#include <string.h>

/* A row a step: its name, and its sentence with {members} of the body (or of its evidence). */
static const struct {
    const char *zh, *en, *says_zh, *says_en;
} steps[JOURNAL_STEP_COUNT] = {
    [JOURNAL_UNKNOWN] = {"未知", "Unknown", "", ""},
    [JOURNAL_PLAN] = {"准备发证", "Planned", "{sides} 面，识别码尾号 {identifier}",
                      "{sides} sides, identifier ending {identifier}"},
    [JOURNAL_BIND] = {"登记红本", "Booklet bound", "打印前计数器 {impressions}",
                      "page counter before it: {impressions}"},
    [JOURNAL_RENDER] = {"绘制页面", "Pages drawn", "", ""},
    [JOURNAL_SUBMIT] = {"送去打印", "Sent to print", "打印前计数器 {impressions}",
                        "page counter before it: {impressions}"},
    [JOURNAL_SEEN] = {"打印机已接收", "At the printer", "", ""},
    [JOURNAL_RELEASED] = {"没有打印", "Not printed", "{reason}", "{reason}"},
    [JOURNAL_PRINTED] = {"打好", "Printed", "数到 {counted} 面，应有 {sides} 面；任务{job}",
                         "{counted} of {sides} sides counted; job {job}"},
    [JOURNAL_SPOILED] = {"打坏", "Spoiled", "{reason}：数到 {counted} 面，应有 {sides} 面；任务{job}",
                         "{reason}: {counted} of {sides} sides counted; job {job}"},
    [JOURNAL_UNSURE] = {"未定", "Unsure", "{reason}：数到 {counted} 面，应有 {sides} 面；任务{job}",
                        "{reason}: {counted} of {sides} sides counted; job {job}"},
    [JOURNAL_CONFIRM] = {"待上报", "To be reported", "{state}", "{state}"},
    [JOURNAL_ACKNOWLEDGED] = {"已上报", "Reported", "{state}", "{state}"},
    [JOURNAL_PRESENTED] = {"送出红本", "Presented", "", ""},
    [JOURNAL_TAKEN] = {"已取走", "Taken", "", ""},
    [JOURNAL_RETRACTED] = {"已收回", "Kept", "{reason}", "{reason}"},
    [JOURNAL_CLEARED] = {"任务已清除", "Job cleared", "不会再打出来", "it cannot print any more"},
    [JOURNAL_SETTLED] = {"已核对", "Settled", "{word}，{reason}，{settled_by}",
                         "{word}, {reason}, {settled_by}"},
    [JOURNAL_LOAD] = {"装入红本", "Loaded", "{first} 到 {last}，{who}", "{first} to {last}, {who}"},
    [JOURNAL_NEXT] = {"确认下一本", "Next confirmed", "{serial}，{who}", "{serial}, {who}"},
    [JOURNAL_SPOIL] = {"空白本作废", "Blank spoiled", "{serial}，{who}", "{serial}, {who}"},
    [JOURNAL_COUNT] = {"清点", "Counted", "{first} 起的一批：数到 {counted} 本，应有 {expected} 本，{who}",
                       "batch from {first}: {counted} counted of {expected}, {who}"},
    [JOURNAL_LOSE] = {"登记遗失", "Declared lost", "{serial}，{who}", "{serial}, {who}"},
    [JOURNAL_UNLOAD] = {"撤回装入", "Load withdrawn", "{first} 到 {last}，{who}",
                        "{first} to {last}, {who}"},
    [JOURNAL_DESTROY] = {"登记销毁", "Destroyed", "{serial}，{who}", "{serial}, {who}"},
    [JOURNAL_RETELL] = {"重新上报", "Told again", "登记系统恢复后没有它：{word}",
                        "the restored registry lacked it: {word}"},
    [JOURNAL_ADOPT] = {"补记", "Adopted", "登记系统有，本机日志没有：{word}",
                       "the registry had it, this journal did not: {word}"},
    [JOURNAL_EPOCH] = {"登记系统换代", "Service's epoch", "第 {epoch} 代", "number {epoch}"},
    [JOURNAL_CUT] = {"日志缺失", "Journal cut", "登记系统见过第 {head} 条，这里没有：清点红本",
                     "the registry had seen entry {head}, which is not here: count the booklets"},
};

/* Words of the protocol. */
static const struct {
    const char *word, *zh, *en;
} words[] = {
    {"planned", "已准备", "planned"},
    {"released", "没有打印", "not printed"},
    {"printed", "打好", "printed"},
    {"delivered", "已取走", "taken"},
    {"retracted", "已收回", "kept"},
    {"spoiled", "打坏", "spoiled"},
    {"unsure", "未定", "unsure"},
    {"void", "作废", "void"},
    {"absent", "没有了", "absent"},
    {"pending", "在排队", "waiting"},
    {"processing", "在打印", "printing"},
    {"canceled", "已取消", "cancelled"},
    {"aborted", "中止了", "aborted"},
    {"completed", "已送完", "completed"},
    {"unknown", "未知", "unknown"},
    {"service", "登记系统没有答复", "the registry did not answer"},
    {"printer", "打印机没有就绪", "the printer was not ready"},
    {"render", "页面没有画好", "the pages could not be drawn"},
    {"printer-changed", "换了打印机或它重新启动过", "the printer was changed or restarted"},
    {"lease", "登记系统给的时间不够", "the registry's reservation ran out"},
    {"budget", "两分钟不够", "the two minutes ran out"},
    {"restart", "中途重新启动", "restarted meanwhile"},
    {"not-printed", "一面也没有打", "no side came out"},
    {"partly-printed", "只打了一部分", "only some sides came out"},
    {"no-evidence", "没有打好的证据", "no evidence that it was printed"},
    {"printer-lost", "打印机失去联系", "the printer was lost"},
    {"not-taken", "没有取走", "it was not taken"},
    {"wrong", "本人说有误", "the citizen said it is wrong"},
    {"journal-lost", "本机日志缺失", "this journal lacks it"},
    {"certificate-live", "已经打印过或正在别处打印", "printed before or being printed elsewhere"},
    {"stock-mismatch", "红本编号与登记系统不符", "the booklet differs from the registry's"},
    {"already-settled", "登记系统已经处理", "the registry had settled it"},
    {"digest-mismatch", "证书内容变了", "the certificate had changed"},
    {"bug", "程序出错", "a fault of the program"},
    {"visit-expired", "办理已超时", "the visit had expired"},
    {"kiosk-refused", "登记系统不接受本机", "the registry refuses this kiosk"},
    {"service-busy", "登记系统忙", "the registry was busy"},
    {"refused", "被拒绝", "refused"},
    {"booklet-found-printed", "看到已打好", "found printed"},
    {"booklet-handed-over", "已交给本人", "handed over"},
    {"booklet-found-spoiled", "看到打坏了", "found spoiled"},
    {"booklet-not-found", "找不到实物", "not found"},
    {"failed", "没有成功", "failed"},
    {"late", "没有按时做完", "late"},
    {"wrong-pin", "密码不对", "wrong PIN"},
    {"wait", "要等一会儿", "had to wait"},
    {"locked", "已锁定", "locked"},
    {"no-such-member", "没有这个人", "no such member"},
};

#define TAIL 6 /* characters of a certificate's number that are told */

static const char *in(Language language, const char *zh, const char *en)
{
    return language == LANGUAGE_EN ? en : zh;
}

const char *journal_step_name(JournalStep step, Language language)
{
    unsigned i = (unsigned)step < JOURNAL_STEP_COUNT ? step : JOURNAL_UNKNOWN;
    return in(language, steps[i].zh, steps[i].en);
}

const char *journal_word_row(gsize i, const char **ret_zh, const char **ret_en)
{
    if (i >= G_N_ELEMENTS(words))
        return NULL;
    *ret_zh = words[i].zh;
    *ret_en = words[i].en;
    return words[i].word;
}

const char *journal_word(const char *word, Language language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (!strcmp(words[i].word, word))
            return in(language, words[i].zh, words[i].en);
    return word;
}

/* A member's text. Numbers below 0 are those that nobody knows. */
static void append_member(GString *said, json_t *body, const char *name, Language language)
{
    json_t *member = json_object_get(body, name);
    if (!member)
        member = json_object_get(json_object_get(body, "evidence"), name);
    const char *text = json_string_value(member);
    if (json_is_integer(member) && json_integer_value(member) >= 0)
        g_string_append_printf(said, "%" JSON_INTEGER_FORMAT, json_integer_value(member));
    else if (json_is_string(json_array_get(member, 1)) && json_is_string(json_array_get(member, 0)))
        g_string_append_printf(said, "%s + %s", json_string_value(json_array_get(member, 0)),
                               json_string_value(json_array_get(member, 1)));
    else if (!text || !*text)
        g_string_append(said, journal_word("unknown", language));
    else if (!strcmp(name, "identifier"))
        g_string_append(said, text + MAX(strlen(text), TAIL) - TAIL);
    else if (!strcmp(name, "head"))
        g_string_append_len(said, text, (gssize)strcspn(text, ":"));
    else
        g_string_append(said, journal_word(text, language));
}

void journal_say(const JournalEntry *entry, Language language, char ret[JOURNAL_SENTENCE_BYTES])
{
    const char *end;
    unsigned step = (unsigned)entry->step < JOURNAL_STEP_COUNT ? entry->step : JOURNAL_UNKNOWN;
    g_autoptr(GString) said = g_string_new(NULL);
    json_t *body = journal_body(entry);
    g_auto(GStrv) parts = g_strsplit(in(language, steps[step].says_zh, steps[step].says_en), "{", -1);
    for (guint i = 0; parts[i]; i++) {
        char *close = i > 0 ? strchr(parts[i], '}') : NULL;
        if (close) {
            *close = '\0';
            append_member(said, body, parts[i], language);
        }
        g_string_append(said, close ? close + 1 : parts[i]);
    }
    json_decref(body);
    g_strlcpy(ret, said->str, JOURNAL_SENTENCE_BYTES);
    if (!g_utf8_validate(ret, -1, &end))
        ret[end - ret] = '\0';
}

gboolean journal_find_serial(const JournalEntry *entry, char *ret, gsize bytes)
{
    if (entry->step != JOURNAL_PLAN && entry->step != JOURNAL_ADOPT)
        return FALSE;
    json_t *body = journal_body(entry);
    const char *serial = json_string_value(json_object_get(body, "serial"));
    g_strlcpy(ret, serial ? serial : "", bytes);
    json_decref(body);
    return *ret != '\0';
}
