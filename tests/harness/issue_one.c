/* issue_one --config FILE [--sides N] [--scale PERCENT] [--die-at PHASE]
 *
 * One issuance on a real printer driver and a real journal, without the machine around it: the
 * reservation is granted at once, and who gets the booklet takes it at once. When the journal holds
 * an unfinished issuance, that one is settled instead. Deadlines are PERCENT of the machine's.
 *
 * With --die-at it kills itself when it comes to PHASE, before anything of it is carried out.
 *
 * Prints a line of JSON for every phase, for the outcome and at the end, at_ms on the monotonic
 * clock. Status 0 when it came to an end. */
#include "firmware/base/clock.h"
#include "firmware/base/queue.h"
#include "firmware/issuance/ledger.h"
#include "tests/harness/leaves.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST "D00000000101"
#define LAST "D00000009999"
#define MESSAGE_ANSWER 1

/* One effect under way in the printer's thread, and what came of it. */
typedef struct {
    IssuanceEffectId effect;
    guint32 request;
    gboolean ok;
    PrinterStatus status;
    PrinterJobStatus job;
    SubmitResult submit;
    PrinterSent sent;
    GError *error;
} Call;

static struct {
    const PrinterDriver *driver;
    Printer *printer;
    Queue *answers;
    Worker *worker;
    Ledger *ledger;
    Issuance machine;
    IssuancePlan plan;
    int sides;
    PrinterFormat format; /* as the printer's last status says */
    int dpi;
    PrinterSent sent;
    char *die_at; /* NULL: nowhere */
} one;

static void say(const char *word, const char *value, const char *reason)
{
    printf("{\"at_ms\": %" G_GINT64_FORMAT ", \"%s\": \"%s\", \"reason\": \"%s\"}\n",
           clock_monotonic_ms(), word, value, reason);
    fflush(stdout);
}

static void submit(Call *call)
{
    gboolean pwg = one.format == PRINTER_FORMAT_PWG;
    g_autoptr(GBytes) document = pwg ? NULL : leaves_pdf(one.sides);
    RasterSource leaves = leaves_raster(one.sides, one.dpi);
    const PrinterJob job = {.name = one.plan.key,
                            .format = one.format,
                            .document = document,
                            .pages = pwg ? &leaves : NULL,
                            .width_um = LEAF_WIDTH_UM,
                            .height_um = LEAF_HEIGHT_UM,
                            .impressions = one.sides};
    call->submit = one.driver->submit(one.printer, &job, &call->sent, &call->error);
}

static void carry_out(gpointer context, Message *message)
{
    Call *call = g_steal_pointer(&message->payload);
    (void)context;
    if (call->effect == ISSUANCE_EFFECT_READ_PRINTER)
        call->ok = one.driver->get_status(one.printer, &call->status, &call->error);
    else if (call->effect == ISSUANCE_EFFECT_SUBMIT)
        submit(call);
    else if (call->effect == ISSUANCE_EFFECT_LOOK_UP_JOB)
        call->ok = one.driver->get_job(one.printer, one.plan.key, &call->job, &call->error);
    else if (call->effect == ISSUANCE_EFFECT_CANCEL_JOB)
        call->ok = one.driver->cancel_job(one.printer, one.plan.key, &call->error);
    else if (call->effect == ISSUANCE_EFFECT_CANCEL_OTHERS)
        call->ok = one.driver->cancel_others(one.printer, NULL, &call->error);
    queue_must_push(one.answers, MESSAGE_ANSWER, call, g_free);
}

static const WorkerRole role = {.handle = carry_out};

static void call_printer(const IssuanceEffect *effect)
{
    Call *call = g_new0(Call, 1);
    call->effect = effect->id;
    call->request = effect->request;
    worker_request(one.worker, MESSAGE_ANSWER, call, g_free);
}

static void step(const IssuanceEvent *event);

static void reserve(const IssuanceEffect *effect)
{
    IssuanceEvent event = {.id = ISSUANCE_EVENT_RESERVED, .request = effect->request};
    event.reservation.lease_s = 600;
    memset(event.reservation.signature, 0xa5, sizeof event.reservation.signature);
    g_strlcpy(event.reservation.kid, "TEST", sizeof event.reservation.kid);
    step(&event);
}

static void write_journal(const IssuanceEffects *effects)
{
    g_autoptr(GError) error = NULL;
    if (!ledger_append(one.ledger, effects->drafts, effects->n_drafts, clock_wall_ms(), &error))
        g_error("journal: %s", error->message);
}

static void hand_over(void)
{
    step(&(IssuanceEvent){.id = ISSUANCE_EVENT_PRESENT});
    step(&(IssuanceEvent){.id = ISSUANCE_EVENT_TAKEN});
}

static void execute(const IssuanceEffects *effects, const IssuanceEffect *effect)
{
    switch (effect->id) {
    case ISSUANCE_EFFECT_JOURNAL:
        write_journal(effects);
        break;
    case ISSUANCE_EFFECT_RESERVE:
        reserve(effect);
        break;
    case ISSUANCE_EFFECT_RENDER:
        step(&(IssuanceEvent){.id = ISSUANCE_EVENT_RENDERED, .request = effect->request});
        break;
    case ISSUANCE_EFFECT_CANCEL_JOB:
        one.driver->interrupt(one.printer); /* a document that is being sent */
        call_printer(effect);
        break;
    case ISSUANCE_EFFECT_READ_PRINTER:
    case ISSUANCE_EFFECT_SUBMIT:
    case ISSUANCE_EFFECT_LOOK_UP_JOB:
    case ISSUANCE_EFFECT_CANCEL_OTHERS:
        call_printer(effect);
        break;
    case ISSUANCE_EFFECT_OUTCOME:
        say("outcome", issuance_word(effect->word), effect->reason);
        if (effect->word == ISSUANCE_PRINTED && !one.machine.recovering)
            hand_over();
        break;
    case ISSUANCE_EFFECT_FINISHED:
        say("finished", issuance_word(effect->word), effect->reason);
        break;
    case ISSUANCE_EFFECT_STAGE:
    case ISSUANCE_EFFECT_REPORT:
    case ISSUANCE_EFFECT_RELEASE_BOOKLET:
    case ISSUANCE_EFFECT_RETRACT_BOOKLET:
    case ISSUANCE_EFFECT_UNKNOWN:
    case ISSUANCE_EFFECT_COUNT:
        break;
    }
}

static void step(const IssuanceEvent *event)
{
    IssuanceEffects effects;
    IssuancePhase before = one.machine.phase;
    issuance_step(&one.machine, event, clock_boottime_ms(), &effects);
    if (one.machine.phase != before && one.die_at &&
        !strcmp(issuance_phase_word(one.machine.phase), one.die_at))
        raise(SIGKILL);
    if (one.machine.phase != before)
        say("phase", issuance_phase_word(one.machine.phase), issuance_event_word(event->id));
    for (gsize i = 0; i < effects.n; i++)
        execute(&effects, &effects.list[i]);
}

static void take_answer(const Call *call)
{
    IssuanceEvent event = {.request = call->request, .wall_ms = clock_wall_ms(), .ok = call->ok};
    if (call->error)
        say("error", issuance_effect_word(call->effect), call->error->message);
    if (!call->request)
        return;
    event.submit = call->submit;
    event.sent = &one.sent;
    if (call->effect == ISSUANCE_EFFECT_READ_PRINTER) {
        event.id = ISSUANCE_EVENT_PRINTER_READ;
        event.printer = call->ok ? &call->status : NULL;
        event.ready = call->ok && printer_can_print(&call->status);
        event.clean = call->ok && printer_is_clean(&call->status);
        one.format = call->status.format;
        one.dpi = call->status.dpi;
    } else if (call->effect == ISSUANCE_EFFECT_SUBMIT) {
        event.id = ISSUANCE_EVENT_SUBMITTED;
        one.sent = call->sent;
    } else if (call->effect == ISSUANCE_EFFECT_LOOK_UP_JOB) {
        event.id = ISSUANCE_EVENT_JOB_LOOKED_UP;
        event.job = call->ok ? &call->job : NULL;
    } else {
        event.id = ISSUANCE_EVENT_JOB_CANCELED;
    }
    step(&event);
}

static void run(void)
{
    while (issuance_is_running(&one.machine)) {
        gint64 deadline_ms = one.machine.deadline_ms, now_ms = clock_boottime_ms();
        Message message;
        int wait_ms = deadline_ms ? (int)CLAMP(deadline_ms - now_ms, 0, 60000) : -1;
        if (queue_pop_wait(one.answers, wait_ms, &message)) {
            Call *call = message.payload;
            take_answer(call);
            g_clear_error(&call->error);
            message_clear(&message);
        } else if (clock_boottime_ms() >= deadline_ms) {
            step(&(IssuanceEvent){.id = ISSUANCE_EVENT_TIMER});
        }
    }
}

static void make_config(int percent, IssuanceConfig *ret)
{
    _Static_assert(sizeof(IssuanceConfig) % sizeof(int) == 0, "durations only");
    issuance_config_default(ret);
    int *durations = (int *)ret;
    for (gsize i = 0; i < sizeof *ret / sizeof(int); i++)
        durations[i] = MAX(durations[i] * percent / 100, 1);
}

static void open_ledger(const Config *config)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = config_path(config, "kiosk", "state_dir");
    g_autofree char *path = g_build_filename(folder, "journal.db", NULL);
    JournalDraft load;
    g_mkdir_with_parents(folder, 0700);
    one.ledger = ledger_open(path, JOURNAL_WRITE, NULL, &error);
    if (!one.ledger)
        g_error("journal: %s", error->message);
    if (stock_batches(ledger_stock(one.ledger)))
        return;
    if (!stock_draft_load(ledger_stock(one.ledger), FIRST, LAST, "test", &load, &error) ||
        !ledger_append(one.ledger, &load, 1, clock_wall_ms(), &error))
        g_error("stock: %s", error->message);
}

static void start(void)
{
    guint32 sequence = ledger_next_sequence(one.ledger, 1);
    const char *why = "";
    one.plan.sides = one.sides;
    issuance_key_make(one.plan.key);
    g_strlcpy(one.plan.record, "rec-1", sizeof one.plan.record);
    g_strlcpy(one.plan.digest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", sizeof one.plan.digest);
    g_strlcpy(one.plan.kiosk, "K001", sizeof one.plan.kiosk);
    g_snprintf(one.plan.identifier, sizeof one.plan.identifier,
               "11100000MB03271699001.11330106MA00000A9H.K0012026%08u.001.X", sequence);
    g_strlcpy(one.plan.version, "test", sizeof one.plan.version);
    if (!stock_next(ledger_stock(one.ledger), one.plan.serial, &why))
        g_error("stock: %s", why);
    step(&(IssuanceEvent){.id = ISSUANCE_EVENT_START, .plan = &one.plan});
}

static void settle_or_start(int percent)
{
    IssuanceConfig config;
    const IssuanceCase *unfinished = ledger_to_recover(one.ledger);
    make_config(percent, &config);
    if (!unfinished) {
        issuance_init(&one.machine, &config);
        start();
    } else {
        one.plan = unfinished->plan;
        issuance_restore(&one.machine, &config, unfinished);
        say("recover", issuance_word(unfinished->word), "");
        step(&(IssuanceEvent){.id = ISSUANCE_EVENT_RECOVER});
    }
}

int main(int argc, char **argv)
{
    char *file = NULL;
    int percent = 100;
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &file, "kiosk.conf", "FILE"},
        {"sides", 0, 0, G_OPTION_ARG_INT, &one.sides, "of the booklet", "N"},
        {"scale", 0, 0, G_OPTION_ARG_INT, &percent, "of the machine's deadlines", "PERCENT"},
        {"die-at", 0, 0, G_OPTION_ARG_STRING, &one.die_at, "where it kills itself", "PHASE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("- one issuance, for tests");
    g_autoptr(GError) error = NULL;
    one.sides = 4;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !file || argc > 1)
        g_error("%s", error ? error->message : "--config FILE is needed");
    g_autoptr(Config) config = config_load(file, &error);
    if (!config)
        g_error("%s", error->message);
    open_ledger(config);
    one.driver = printer_driver_find(config_string(config, "printer", "driver"));
    one.printer = one.driver->open(config, &error);
    if (!one.printer)
        g_error("%s", error->message);
    one.answers = queue_create();
    one.worker = worker_start("printer", &role, NULL);
    settle_or_start(percent);
    run();
    worker_stop(one.worker);
    one.driver->close(one.printer);
    queue_destroy(one.answers);
    ledger_close(one.ledger);
    return EXIT_SUCCESS;
}
