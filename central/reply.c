#include "central/reply.h"
#include <string.h>

typedef struct {
    const char *word;
    int status;
    int retry_after_s;
    gboolean decision;
    const char *title[2], *detail[2]; /* Chinese, English */
} RefusalRow;

static const RefusalRow refusals[REFUSAL_COUNT] = {
    [REFUSAL_UNKNOWN] = {"unknown",
                         500,
                         0,
                         FALSE,
                         {"内部错误", "Internal error"},
                         {"系统出现未知错误。", "Something unexpected went wrong."}},
    [REFUSAL_IN_PROGRESS] = {"in-progress",
                             409,
                             1,
                             FALSE,
                             {"正在处理", "In progress"},
                             {"该请求正在处理，请用同一编号重发。",
                              "This request is being worked on; repeat it with the same key."}},
    [REFUSAL_CERTIFICATE_LIVE] = {"certificate-live",
                                  409,
                                  0,
                                  TRUE,
                                  {"证书已发放或已锁定", "Certificate already issued or locked"},
                                  {"该证书已经打印、正在打印或已被锁定，不能再次打印。",
                                   "This certificate has been printed, is being printed or is "
                                   "locked; it cannot be printed again."}},
    [REFUSAL_SERIAL_USED] = {"serial-used",
                             409,
                             0,
                             TRUE,
                             {"证书编号已使用", "Booklet already used"},
                             {"该空白证书的编号已经使用过，请工作人员核对库存。",
                              "The serial of this booklet has been used; the stock must be "
                              "checked."}},
    [REFUSAL_ALREADY_SETTLED] = {"already-settled",
                                 409,
                                 0,
                                 TRUE,
                                 {"已有结论", "Already settled"},
                                 {"该次发放已有结论，以中心记录为准。",
                                  "This issuance has been settled; the service's word counts."}},
    [REFUSAL_SERIAL_NOT_ASSIGNED] = {"serial-not-assigned",
                                     422,
                                     0,
                                     TRUE,
                                     {"证书编号不属于本机", "Booklet not assigned"},
                                     {"该空白证书的编号没有分配给本机。",
                                      "The serial of this booklet is not assigned to this "
                                      "kiosk."}},
    [REFUSAL_DIGEST_MISMATCH] = {"digest-mismatch",
                                 422,
                                 0,
                                 TRUE,
                                 {"内容不一致", "Record differs"},
                                 {"本机的证书内容与中心记录不一致。",
                                  "The record that the kiosk holds is not the one of the "
                                  "service."}},
    [REFUSAL_KEY_REUSED] = {"key-reused",
                            422,
                            0,
                            FALSE,
                            {"编号重复使用", "Key used twice"},
                            {"同一请求编号用于不同的内容。",
                             "The same idempotency key came with another body."}},
    [REFUSAL_VISIT_EXPIRED] = {"visit-expired",
                               410,
                               0,
                               FALSE,
                               {"办理已结束", "Visit is over"},
                               {"本次办理已经超时或结束，请重新刷身份证。",
                                "This visit has timed out or ended; please put your card on "
                                "again."}},
    [REFUSAL_UNKNOWN_ISSUANCE] = {"unknown-issuance",
                                  404,
                                  0,
                                  FALSE,
                                  {"没有该次发放", "No such issuance"},
                                  {"中心没有该次发放的记录。",
                                   "The service knows no issuance with this key."}},
    [REFUSAL_KIOSK_UNKNOWN] = {"kiosk-unknown",
                               403,
                               0,
                               FALSE,
                               {"未知自助机", "Unknown kiosk"},
                               {"该自助机没有登记。", "This kiosk is not enrolled."}},
    [REFUSAL_KIOSK_REVOKED] = {"kiosk-revoked",
                               403,
                               0,
                               FALSE,
                               {"自助机已停用", "Kiosk revoked"},
                               {"该自助机的证书已被吊销。",
                                "The certificate of this kiosk has been revoked."}},
    [REFUSAL_TOO_MANY] = {"too-many",
                          429,
                          10,
                          FALSE,
                          {"请求过多", "Too many requests"},
                          {"请求过于频繁，请稍后再试。",
                           "Too many requests; please wait a moment."}},
    [REFUSAL_RESTORING] = {"restoring",
                           503,
                           5,
                           FALSE,
                           {"服务暂停", "Not available"},
                           {"中心登记库暂时不可用，请稍后再试。",
                            "The register is not available for the moment; please try again."}},
    [REFUSAL_WRONG_CODE] = {"wrong-code",
                            403,
                            0,
                            FALSE,
                            {"验证码错误", "Wrong code"},
                            {"验证码不正确或已过期。", "The code is wrong or too old."}},
    [REFUSAL_PERSON_UNKNOWN] = {"person-unknown",
                                404,
                                0,
                                FALSE,
                                {"没有可领证书", "Nothing found"},
                                {"没有查到以该证件登记的证书，请到窗口咨询。",
                                 "No certificate is registered under this document; please ask at "
                                 "the window."}},
    [REFUSAL_INVALID_REQUEST] = {"invalid-request",
                                 400,
                                 0,
                                 FALSE,
                                 {"请求有误", "Invalid request"},
                                 {"请求内容有误。", "The request is not valid."}},
    [REFUSAL_UNKNOWN_RECORD] = {"unknown-record",
                                404,
                                0,
                                FALSE,
                                {"没有该证书", "No such record"},
                                {"该证书不在本次办理范围内。",
                                 "This record is none that this visit may print."}},
    [REFUSAL_NOT_FOUND] = {"not-found",
                           404,
                           0,
                           FALSE,
                           {"没有该地址", "Not found"},
                           {"没有该地址。", "There is nothing at this address."}},
    [REFUSAL_METHOD_NOT_ALLOWED] = {"method-not-allowed",
                                    405,
                                    0,
                                    FALSE,
                                    {"方法不允许", "Method not allowed"},
                                    {"该地址不支持此方法。",
                                     "This address does not know this method."}},
    [REFUSAL_TOO_LARGE] = {"too-large",
                           413,
                           0,
                           FALSE,
                           {"请求过大", "Request too large"},
                           {"请求超过 16 KiB。", "The request is larger than 16 KiB."}},
};

static const struct {
    const char *word;
    const char *sentence[2];
} reasons[] = {
    {"window", {"请到窗口办理。", "Please go to the window."}}, /* first: for any other word */
    {"printed",
     {"已经打印过红本，一证只打一本。", "Already printed, one booklet each."}},
    {"in-progress", {"该证书正在打印。", "This certificate is being printed."}},
    {"locked",
     {"该证书已锁定，请到窗口办理。", "This certificate is locked; please go to the "
                                      "window."}},
    {"tax-due", {"税款尚未缴清，请先缴税。", "Taxes are still to be paid."}},
    {"fee-due", {"登记费尚未缴清，请先缴费。", "The registration fee is still to be paid."}},
    {"fund-due",
     {"公积金审核尚未完成，请到窗口咨询。",
      "The provident fund check is not finished; please ask at the window."}},
    {"disputed",
     {"该不动产存在异议登记，请到窗口办理。",
      "An objection is registered; please go to the window."}},
    {"lost",
     {"该证书已报遗失，请到窗口申请补证。",
      "This certificate was reported lost; apply for a replacement at the window."}},
};

static int column(Language language)
{
    return language == LANGUAGE_EN ? 1 : 0;
}

Language language_from_header(const char *header)
{
    const char *zh = header ? strstr(header, "zh") : NULL;
    const char *en = header ? strstr(header, "en") : NULL;
    return en && (!zh || en < zh) ? LANGUAGE_EN : LANGUAGE_ZH;
}

const char *language_tag(Language language)
{
    return language == LANGUAGE_EN ? "en" : "zh-CN";
}

void reply_clear(Reply *reply)
{
    if (!reply)
        return;
    g_clear_pointer(&reply->body, g_bytes_unref);
    *reply = (Reply){0};
}

void reply_bytes(Reply *reply, int status, const char *type, GBytes *bytes)
{
    reply_clear(reply);
    reply->status = status;
    reply->type = type;
    reply->body = bytes ? g_bytes_ref(bytes) : NULL;
}

void reply_json(Reply *reply, int status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        g_error("reply: cannot be written as JSON");
    json_free_t release;
    json_get_alloc_funcs(NULL, &release);
    g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(text, strlen(text), release, text);
    reply_bytes(reply, status, "application/json", bytes);
}

static const RefusalRow *find_refusal(Refusal refusal)
{
    return &refusals[(unsigned)refusal < REFUSAL_COUNT ? refusal : REFUSAL_UNKNOWN];
}

const char *refusal_word(Refusal refusal)
{
    return find_refusal(refusal)->word;
}

int refusal_status(Refusal refusal)
{
    return find_refusal(refusal)->status;
}

void reply_problem(Reply *reply, Refusal refusal, Language language, json_t *extra)
{
    const RefusalRow *row = find_refusal(refusal);
    json_t *problem =
        json_pack("{s:s, s:s, s:i, s:s}", "type", row->word, "title", row->title[column(language)],
                  "status", row->status, "detail", row->detail[column(language)]);
    json_object_update(problem, extra);
    json_decref(extra);
    reply_json(reply, row->status, problem);
    reply->type = "application/problem+json";
    reply->retry_after_s = row->retry_after_s;
    reply->language = language;
    reply->problem = row->word;
    reply->decision = row->decision;
}

void reply_invalid(Reply *reply, Language language, const char *member, const char *why)
{
    g_autofree char *detail = g_strdup_printf(
        "%s %s: %s", find_refusal(REFUSAL_INVALID_REQUEST)->detail[column(language)], member, why);
    reply_problem(reply, REFUSAL_INVALID_REQUEST, language,
                  json_pack("{s:s, s:s}", "member", member, "detail", detail));
}

const char *reason_sentence(const char *word, Language language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (!strcmp(reasons[i].word, word))
            return reasons[i].sentence[column(language)];
    return reasons[0].sentence[column(language)];
}
