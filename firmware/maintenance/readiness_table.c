/* What each check can say, in one table: its id, the word of the closed screen, who mends it, the
 * sentence in both languages, and how long a part may take to be known. */
#include "firmware/maintenance/readiness_table.h"
#include <string.h>

// clang-format off
static const CheckRow rows[] = {
    {"reader.ok", "reader.attached", "reader-absent", MENDER_TECHNICIAN,
     "已连接，有应答",
     "attached and answering"},
    {"reader.found", "reader.attached", "reader-absent", MENDER_TECHNICIAN,
     "有应答，在 USB {value}，接口 {more}",
     "answers at USB {value}, transport {more}"},
    {"reader.unasked", "reader.attached", "reader-absent", MENDER_TECHNICIAN,
     "还没有检查",
     "not looked for yet"},
    {"reader.gone", "reader.attached", "reader-absent", MENDER_TECHNICIAN,
     "读卡器没有应答：检查数据线和电源",
     "no reader answers: check its cable and power"},
    {"reader.none", "reader.attached", "reader-absent", MENDER_TECHNICIAN,
     "没有接读卡器：检查数据线",
     "no reader is plugged in: check its cable"},
    {"reader.several", "reader.attached", "reader-several", MENDER_TECHNICIAN,
     "接了不止一个读卡器：拔掉其他的，或在设置里指定一个",
     "more than one reader is plugged in: unplug the others, or name one in [reader] bus_path "
     "or serial"},
    {"reader.silent", "reader.attached", "reader-silent", MENDER_TECHNICIAN,
     "读卡器接着，但没有应答：断电再通电",
     "a reader is plugged in but does not answer: switch its power off and on"},
    {"reader.unusable", "reader.attached", "reader-silent", MENDER_TECHNICIAN,
     "读卡器接着，但打不开：安装 kiosk udev-rules 给出的规则",
     "a reader is plugged in but cannot be opened: install the rules of `kiosk udev-rules`"},
    {"printer.unasked", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "还没有检查",
     "not asked yet"},
    {"printer.silent", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "打印机没有应答：检查电源、线缆和地址设置",
     "no answer: check its power, cable and [printer] uri"},
    {"printer.failed", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "连不上打印机：{value}",
     "{value}"},
    {"printer.found", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "{value}，计数器 {more}",
     "{value}, counter {more}"},
    {"printer.uncounted", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "{value}，没有计数器",
     "{value}, no counter"},
    {"printer.unnamed", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "没有报型号，计数器 {more}",
     "tells no model, counter {more}"},
    {"printer.unknown", "printer.reachable", "printer-unreachable", MENDER_TECHNICIAN,
     "没有报型号，没有计数器",
     "tells no model, no counter"},
    {"printer.media", "printer.media", "printer-media", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.jam", "printer.jam", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.door", "printer.door", "printer-door", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.supply", "printer.supply", "printer-supplies", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.output", "printer.output", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.fuser", "printer.fuser", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.state", "printer.state", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.storage", "printer.storage", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.finisher", "printer.finisher", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.spooler", "printer.spooler", "printer-stopped", MENDER_TECHNICIAN,
     "{steps}（{value}）",
     "{steps} ({value})"},
    {"printer.other", "printer.other", "printer-stopped", MENDER_TECHNICIAN,
     "打印机报告 {value}，本机不认识：看它自己的面板",
     "reports {value}, which is not in our table: look at its own panel"},
    {"printer.stopped", "printer.stopped", "printer-stopped", MENDER_TECHNICIAN,
     "打印机停止（{value}）：先处理面板上显示的问题，再恢复打印机",
     "state {value}: mend what its panel shows, then resume it"},
    {"printer.refusing", "printer.stopped", "printer-stopped", MENDER_TECHNICIAN,
     "打印机不接受任务：在它的面板上启用",
     "accepts no jobs: enable it on its panel"},
    {"printer.strangers", "printer.idle", "starting", MENDER_UNKNOWN,
     "打印机里有 {value} 个不是本机的任务：正在取消",
     "{value} jobs that are not ours wait in it: they are being cancelled"},
    {"printer.working", "printer.idle", "starting", MENDER_UNKNOWN,
     "打印机正在工作：等它空闲",
     "is at work: wait until it is idle"},
    {"printer.size", "printer.media", "printer-media", MENDER_TECHNICIAN,
     "纸盒里没有红本的尺寸：装入红本，或设定纸盒尺寸",
     "the booklets' size is not in its tray: load booklets, or set the tray's size"},
    {"printer.other-size", "printer.media", "printer-media", MENDER_TECHNICIAN,
     "红本是 {value}，纸盒里是 {more}：装入红本，或设定纸盒尺寸",
     "the booklets are {value}, its tray has {more}: load booklets, or set the tray's size"},
    {"printer.unable", "printer.setup", "printer-stopped", MENDER_TECHNICIAN,
     "打印机做不到设置要求的：{value}",
     "{value}"},
    {"printer.raster", "printer.setup", "printer-stopped", MENDER_TECHNICIAN,
     "接受点阵，每英寸 {value} 点",
     "takes raster, {value} dots an inch"},
    {"printer.pdf", "printer.setup", "printer-stopped", MENDER_TECHNICIAN,
     "接受 PDF",
     "takes PDF"},
    {"printer.abilities", "printer.setup", "starting", MENDER_TECHNICIAN,
     "还不知道它能做什么",
     "what it can do is not known yet"},
    {"printer.no-ipp", "printer.evidence", "printer-stopped", MENDER_TECHNICIAN,
     "不支持 IPP：只能靠计数器或人来确认打印",
     "speaks no IPP: only its counter or a person proves a print"},
    {"printer.no-counter", "printer.evidence", "printer-stopped", MENDER_TECHNICIAN,
     "没有页数计数器：每次打印都要人确认",
     "has no page counter: each print must be confirmed by a person"},
    {"printer.level", "printer.supply", "printer-supplies", MENDER_TECHNICIAN,
     "{value}：还剩 {more}%",
     "{value}: {more} % left"},
    {"stock.next", "stock.next", "stock-empty", MENDER_TECHNICIAN,
     "下一本是 {value}",
     "next is {value}"},
    {"stock.scanner", "stock.next", "stock-position", MENDER_TECHNICIAN,
     "下一本应是 {value}，扫到的是 {more}：把它放最上面，或登记作废、遗失",
     "next is {value}, but the scanner reads {more}: put it on top, or declare it spoiled or lost"},
    {"stock.scanner-blind", "stock.next", "stock-position", MENDER_TECHNICIAN,
     "下一本应是 {value}，什么也没扫到：把它放最上面，或登记作废、遗失",
     "next is {value}, but the scanner reads nothing: put it on top, or declare it spoiled or "
     "lost"},
    {"stock.position", "stock.next", "stock-position", MENDER_TECHNICIAN,
     "不知道最上面是哪一本：读出编号，再按“确认下一本”",
     "nobody knows which blank is on top: read its number, then \"Confirm next\""},
    {"stock.count", "stock.next", "stock-position", MENDER_TECHNICIAN,
     "日志缺了记录：两人逐批清点红本",
     "the journal lost entries: two people count each batch"},
    {"stock.mismatch", "stock.next", "stock-position", MENDER_TECHNICIAN,
     "上次清点与账目不符：重新清点，找到红本，或登记作废、遗失",
     "the last count differs from the account: count again, or find the booklets, or declare them "
     "spoiled or lost"},
    {"stock.reserved", "stock.next", "starting", MENDER_TECHNICIAN,
     "最上面一本在等登记系统答复",
     "the top booklet waits for the service's answer to its release"},
    {"stock.empty", "stock.next", "stock-empty", MENDER_TECHNICIAN,
     "红本用完了：装入新的，再按“装入”",
     "no booklet left: load some, then \"Load\""},
    {"disk.ok", "storage.free", "journal", MENDER_TECHNICIAN,
     "还剩 {value} MB",
     "{value} MB free"},
    {"disk.low", "storage.free", "journal", MENDER_TECHNICIAN,
     "只剩 {value} MB：尽快清理",
     "only {value} MB free: free some soon"},
    {"disk.full", "storage.free", "journal", MENDER_TECHNICIAN,
     "只剩 {value} MB，至少要 {more} MB：清理硬盘",
     "only {value} MB free, {more} MB are needed: free the disk"},
    {"journal.ok", "journal.writable", "journal", MENDER_TECHNICIAN,
     "能写，启动时已验证",
     "writable, chain verified at start"},
    {"journal.bad", "journal.writable", "journal", MENDER_TECHNICIAN,
     "日志有问题：{value}",
     "{value}"},
    {"audit.cut", "journal.audit", "journal", MENDER_ATTENDANT,
     "操作记录被截：第 {value} 条登记系统见过，这里没有；主管查明后确认",
     "the audit was cut: the service had seen event {value}, which is not here; a supervisor looks "
     "into it and acknowledges it"},
    {"document.ok", "document.template", "starting", MENDER_TECHNICIAN,
     "字体和模板完好",
     "fonts and template"},
    {"document.bad", "document.template", "starting", MENDER_TECHNICIAN,
     "字体或模板有问题：{value}",
     "{value}"},
    {"issuance.settling", "issuance.settled", "starting", MENDER_TECHNICIAN,
     "有一次发证正在处理：请等待，详情在“日志”里",
     "an issuance is being settled: wait; what it did stands under \"Log\""},
    {"issuance.unsure", "issuance.unsure", "unsure-pending", MENDER_ATTENDANT,
     "{value} 本不确定打好没有：两人在“红本”里核对",
     "{value} unsure: two people settle them under \"Booklets\""},
    {"issuance.retained", "issuance.unsure", "unsure-pending", MENDER_ATTENDANT,
     "{value} 本没有被取走：找到它，两人在“红本”里核对",
     "{value} not taken: find them, then two people settle them under \"Booklets\""},
    {"outbox.waiting", "outbox.empty", "starting", MENDER_UNKNOWN,
     "{value} 条报告等着发给登记系统，会自己发出",
     "{value} reports wait for the service; they are sent by themselves"},
    {"service.ok", "service.reachable", "service-unreachable", MENDER_TECHNICIAN,
     "双向认证，连接正常",
     "mutual TLS, kept alive"},
    {"service.unasked", "service.reachable", "service-unreachable", MENDER_TECHNICIAN,
     "还没有检查",
     "not asked yet"},
    {"service.failed", "service.reachable", "service-unreachable", MENDER_TECHNICIAN,
     "登记系统连不上：{value}",
     "{value}"},
    {"service.silent", "service.reachable", "service-unreachable", MENDER_TECHNICIAN,
     "登记系统连不上：检查网线和路由器",
     "it cannot be reached: check cable and router"},
    {"service.late", "service.reachable", "service-unreachable", MENDER_TECHNICIAN,
     "登记系统没有按时应答：检查网络",
     "it did not answer in time: check the network"},
    {"service.stranger", "service.reachable", "service-unreachable", MENDER_TECHNICIAN,
     "对方的证书通不过检查：核对时钟和 [service] ca_file",
     "the other side's certificate does not verify: check the clock and [service] ca_file"},
    {"service.lets", "service.open", "starting", MENDER_ATTENDANT,
     "登记系统允许开放",
     "the service lets it open"},
    {"service.unheard", "service.open", "starting", MENDER_ATTENDANT,
     "登记系统还没有说能不能开放",
     "the service has not said yet whether it may open"},
    {"service.refuses", "service.open", "service-refused", MENDER_ATTENDANT,
     "登记系统让本机暂停：{value}",
     "the service wants this kiosk closed: {value}"},
    {"service.restoring", "service.open", "service-unreachable", MENDER_ATTENDANT,
     "登记系统正在恢复数据（{value}），之后自己开放",
     "the service is being restored ({value}); it opens by itself afterwards"},
    {"clock.ok", "clock.trusted", "clock", MENDER_TECHNICIAN,
     "已与登记系统对时",
     "compared with the service's time"},
    {"clock.unasked", "clock.trusted", "clock", MENDER_TECHNICIAN,
     "还没有与登记系统对时",
     "not compared with the service's time yet"},
    {"clock.off", "clock.trusted", "clock", MENDER_TECHNICIAN,
     "与登记系统相差 {value} 秒，最多 5 秒：校准时钟",
     "{value} s off the service's time, at most 5 s are allowed: set the clock"},
    {"machine.out", "machine.service", "maintenance", MENDER_TECHNICIAN,
     "已暂停服务：在维护菜单里恢复",
     "taken out of service: put it back in the maintenance menu"},
    {"cabinet.shut", "cabinet.door", "door", MENDER_TECHNICIAN,
     "机门关好了",
     "the door is shut"},
    {"cabinet.door", "cabinet.door", "door", MENDER_TECHNICIAN,
     "机门开着：关好",
     "the door is open: shut it"},
    {"cabinet.retract", "cabinet.retract", "maintenance", MENDER_ATTENDANT,
     "收回箱满了：取出并清点",
     "the retract bin is full: empty it and count"},
    {"cabinet.retained", "cabinet.retained", "maintenance", MENDER_ATTENDANT,
     "有一本没被取走，可能还在取证口：取出来，两人一起处理",
     "a booklet was not taken and may lie in the slot: take it out, then two people settle it"},
    {"cabinet.slot", "cabinet.slot", "maintenance", MENDER_ATTENDANT,
     "取证口里有东西：取出来并登记",
     "something lies in the slot: take it out and account for it"},
    {"setup.part", "setup", "maintenance", MENDER_TECHNICIAN,
     "设置有错：{value}",
     "{value}"},
    {"late", "", "", MENDER_UNKNOWN,
     "{value} 秒内没有应答",
     "no answer within {value} s"},
};
// clang-format on

/* Parts that answer by themselves, and how long they may take before that is a fault of its own.
 * What is in no row of these is known at once. */
static const struct {
    const char *prefix;
    int deadline_ms;
} deadlines[] = {
    {"reader.", 3000},   {"printer.", 8000}, {"document.", 8000},
    {"service.", 12000}, {"clock.", 12000},
};

const CheckRow *check_row(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!strcmp(rows[i].word, word))
            return &rows[i];
    return NULL;
}

const CheckRow *check_rows(gsize *ret_count)
{
    *ret_count = G_N_ELEMENTS(rows);
    return rows;
}

int check_deadline_ms(const char *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(deadlines); i++)
        if (g_str_has_prefix(id, deadlines[i].prefix))
            return deadlines[i].deadline_ms;
    return 0;
}

/* Puts `value` in the place of `name`. */
static char *put(const char *sentence, const char *name, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(sentence, name, -1);
    return g_strjoinv(value, parts);
}

/* The printer's own table names the steps for each of its reasons. */
static const char *steps_of(const char *keyword, Language language)
{
    const PrinterReasonRow *row = printer_reason_row(keyword);
    return !row ? "" : language == LANGUAGE_EN ? row->en : row->zh;
}

void check_say(const Check *check, Language language, char *ret, gsize bytes)
{
    const CheckRow *row = check_row(check->word);
    const char *end, *sentence = !row ? "" : language == LANGUAGE_EN ? row->en : row->zh;
    g_autofree char *first = put(sentence, "{steps}", steps_of(check->value, language));
    g_autofree char *second = put(first, "{more}", check->more);
    g_autofree char *whole = put(second, "{value}", check->value);
    g_strlcpy(ret, whole, bytes);
    if (!g_utf8_validate(ret, -1, &end))
        ret[end - ret] = '\0';
}

void check_say_whole(const Check *check, Language language, char *ret, gsize bytes)
{
    static const char *const ends[] = {".", "?", ")", "。", "？", "）", NULL};
    char said[CHECK_SENTENCE_BYTES];
    check_say(check, language, said, sizeof said);
    gboolean ended = *said == '\0';
    for (const char *const *end = ends; *end; end++)
        ended = ended || g_str_has_suffix(said, *end);
    said[0] = g_ascii_toupper(said[0]);
    g_snprintf(ret, bytes, "%s%s", said, ended ? "" : language == LANGUAGE_EN ? "." : "。");
}
