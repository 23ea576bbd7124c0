#include "firmware/staff/audit.h"
#include "firmware/base/error.h"
#include <string.h>

#define ANYBODY AUDIT_NEEDS_MEMBER
#define SUPERVISOR AUDIT_NEEDS_SUPERVISOR
#define TWO AUDIT_NEEDS_TWO
#define MACHINE AUDIT_NEEDS_UNKNOWN

static const AuditRow rows[AUDIT_TYPE_COUNT] = {
    [AUDIT_UNKNOWN] = {0, "unknown", MACHINE, "", ""},
    [AUDIT_LOGIN] = {101, "login", MACHINE, "登录", "Login"},
    [AUDIT_LOGOUT] = {102, "logout", ANYBODY, "退出登录", "Logout"},
    [AUDIT_LOCKED] = {103, "locked", MACHINE, "密码多次错误，账号锁定",
                      "Locked after too many wrong PINs"},
    [AUDIT_UNLOCK] = {104, "unlock", SUPERVISOR, "解除账号锁定", "Unlocking of a member"},
    [AUDIT_MEMBER_ADD] = {105, "member-add", SUPERVISOR, "新增人员", "New member"},
    [AUDIT_MEMBER_REMOVE] = {106, "member-remove", SUPERVISOR, "删除人员", "Removal of a member"},
    [AUDIT_PIN_CHANGE] = {107, "pin-change", ANYBODY, "修改密码", "Change of a PIN"},
    [AUDIT_CODE_MADE] = {108, "code-made", MACHINE, "生成一次性代码",
                         "One-time code for root"},
    [AUDIT_CODE_USED] = {109, "code-used", MACHINE, "使用一次性代码", "Use of the one-time code"},
    [AUDIT_CARD_ADD] = {110, "card-add", TWO, "登记人员的身份证", "Enrolment of a member's ID card"},
    [AUDIT_CARD_REMOVE] = {111, "card-remove", TWO, "取消人员的身份证", "Removal of a member's ID card"},
    [AUDIT_CARD_SHOWN] = {112, "card-shown", MACHINE, "出示人员的身份证",
                          "A member's ID card lay on the reader"},
    [AUDIT_STOCK_LOAD] = {201, "stock-load", TWO, "装入空白红本", "Loading of booklets"},
    [AUDIT_STOCK_NEXT] = {202, "stock-next", TWO, "确认下一红本号", "Confirmation of the next booklet"},
    [AUDIT_STOCK_SPOIL] = {203, "stock-spoil", TWO, "红本作废", "A blank booklet spoiled"},
    [AUDIT_STOCK_COUNT] = {204, "stock-count", TWO, "清点红本", "Count of the booklets"},
    [AUDIT_STOCK_LOSE] = {205, "stock-lose", TWO, "登记红本遗失", "A booklet declared lost"},
    [AUDIT_STOCK_DESTROY] = {206, "stock-destroy", TWO, "销毁红本", "Destruction of a booklet"},
    [AUDIT_STOCK_UNLOAD] = {207, "stock-unload", TWO, "撤回装入的红本", "Withdrawal of loaded booklets"},
    [AUDIT_SETTLE] = {301, "settle", TWO, "处理待定发证", "Settlement of an issuance"},
    [AUDIT_SETTLED_ELSEWHERE] = {302, "settled-elsewhere", MACHINE, "发证已由服务端处理",
                                 "An issuance was settled at the service"},
    [AUDIT_JOURNAL_CUT] = {303, "journal-cut", MACHINE, "日志缺失，需清点红本",
                           "The journal lacks what the service had seen"},
    [AUDIT_AUDIT_CUT] = {304, "audit-cut", MACHINE, "操作记录缺失",
                         "The audit lacks what the service had seen"},
    [AUDIT_CUT_SEEN] = {305, "cut-seen", SUPERVISOR, "确认操作记录缺失",
                        "A cut of the audit acknowledged"},
    [AUDIT_SERVICE_OUT] = {401, "service-out", ANYBODY, "暂停服务", "Out of service"},
    [AUDIT_SERVICE_IN] = {402, "service-in", ANYBODY, "恢复服务", "Back into service"},
    [AUDIT_RESTART] = {403, "restart", ANYBODY, "重新启动", "Restart"},
    [AUDIT_SHUTDOWN] = {404, "shutdown", ANYBODY, "关机", "Shutdown"},
    [AUDIT_TEST_PRINT] = {501, "test-print", ANYBODY, "测试打印", "Test print"},
    [AUDIT_CALIBRATION] = {502, "calibration", ANYBODY, "修改打印位置",
                           "Change of the print position"},
    [AUDIT_CALIBRATION_SHEET] = {508, "calibration-sheet", ANYBODY, "打印校准页",
                                 "Print of a calibration sheet"},
    [AUDIT_PRINTER_RESUME] = {503, "printer-resume", ANYBODY, "恢复打印机", "Resuming of the printer"},
    [AUDIT_READER_TEST] = {504, "reader-test", ANYBODY, "测试读卡器", "Test of the card reader"},
    [AUDIT_SERVICE_TEST] = {505, "service-test", ANYBODY, "测试服务连接", "Test of the service"},
    [AUDIT_PANEL_TEST] = {506, "panel-test", ANYBODY, "测试触摸屏", "Test of touch and screen"},
    [AUDIT_SOUND_TEST] = {507, "sound-test", ANYBODY, "测试声音", "Test of sound and speech"},
    [AUDIT_SETTING] = {601, "setting", SUPERVISOR, "修改设置", "Change of a setting"},
    [AUDIT_EXPORT] = {701, "export", ANYBODY, "导出日志", "Export of journal and log"},
    [AUDIT_REPORT] = {702, "report", ANYBODY, "生成状态报告", "Readiness report"},
    [AUDIT_UPDATE] = {703, "update", SUPERVISOR, "更新程序", "Update of the program"},
};

const AuditRow *audit_row(AuditType type)
{
    return &rows[(unsigned)type < AUDIT_TYPE_COUNT ? type : AUDIT_UNKNOWN];
}

AuditType audit_from_word(const char *word)
{
    for (int i = 1; word && i < AUDIT_TYPE_COUNT; i++)
        if (!strcmp(rows[i].word, word))
            return (AuditType)i;
    return AUDIT_UNKNOWN;
}

typedef struct {
    gint64 wanted;
    const char *wanted_hash;
    gboolean found;
} Head;

static gboolean take_event(gpointer context, const AuditEntry *entry, GError **error)
{
    Head *head = context;
    if (audit_from_word(entry->type) == AUDIT_UNKNOWN) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE,
                    "audit: event %" G_GINT64_FORMAT ": of a type that this program does not know",
                    entry->seq);
        return FALSE;
    }
    if (entry->seq != head->wanted)
        return TRUE;
    char hash[65];
    for (int i = 0; i < 32; i++)
        g_snprintf(hash + 2 * i, 3, "%02x", entry->hash[i]);
    head->found = !g_ascii_strcasecmp(hash, head->wanted_hash);
    return TRUE;
}

gboolean audit_verify(Journal *journal, const char *head, GError **error)
{
    char *end = NULL;
    Head wanted = {.found = TRUE};
    if (head && strcmp(head, "0") != 0) {
        wanted.found = FALSE;
        wanted.wanted = g_ascii_strtoll(head, &end, 10);
        wanted.wanted_hash = *end == ':' ? end + 1 : "";
    }
    if (!journal_for_each_audit(journal, take_event, &wanted, error))
        return FALSE;
    if (!wanted.found && wanted.wanted > 0)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE,
                    "audit: event %" G_GINT64_FORMAT
                    " with that hash is missing: the tail was cut, or the file replaced",
                    wanted.wanted);
    return wanted.found || wanted.wanted == 0;
}

char *audit_describe_cut(const char *head, const char *reason)
{
    return g_strdup_printf("%.20s: %s", head, reason);
}

gboolean audit_acknowledge(Journal *journal, const char *head, const AuditDraft *event,
                           gint64 wall_ms, GError **error)
{
    const JournalNote notes[] = {{AUDIT_NOTE_CUT, NULL}, {AUDIT_NOTE_CUT_SEEN, head}};
    const JournalBatch batch = {.events = event, .n_events = 1, .notes = notes, .n_notes = 2};
    return journal_write(journal, &batch, wall_ms, error);
}
