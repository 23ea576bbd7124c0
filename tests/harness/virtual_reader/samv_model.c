#include "tests/harness/virtual_reader/samv_model.h"
#include "tests/harness/virtual_reader/samv_fault.h"
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 7
#define COMMAND_BYTES_MAX 256
#define DELAY_MAX_MS 60000

typedef enum { STATE_IDLE = 0, STATE_FOUND, STATE_SELECTED } State;

struct SamvModel {
    GByteArray *incoming;
    gboolean has_card;
    CardImage card;
    char *card_name;
    guint generation;
    State state;
    gboolean read;      /* this card, successfully */
    gboolean must_lift; /* a card that was read is not found again */
    int delays_ms[MODEL_STEP_COUNT];
    int late_ms, boot_ms;
    gint64 booted_us; /* silent before, where the fault says so */
    gsize fault;      /* row */
    gboolean fault_once;
    ModelStep fault_step;
    guint commands, finds, reads;
    int waited_ms; /* simulated, from laying the card to its data */
};

static const struct {
    const char *word;
    guint8 code, parameter;
    int delay_ms;
} steps[MODEL_STEP_COUNT] = {
    [MODEL_STEP_ANY] = {"any", 0, 0, 0},
    [MODEL_STEP_FIND] = {"find", 0x20, 0x01, 40},
    [MODEL_STEP_SELECT] = {"select", 0x20, 0x02, 40},
    [MODEL_STEP_READ] = {"read", 0x30, 0x01, 600},
    [MODEL_STEP_ADDRESS] = {"address", 0x30, 0x03, 100},
    [MODEL_STEP_NUMBER] = {"number", 0x30, 0x05, 100},
    [MODEL_STEP_STATUS] = {"status", 0x11, 0xFF, 0},
    [MODEL_STEP_RESET] = {"reset", 0x10, 0xFF, 0},
    [MODEL_STEP_IDENTIFY] = {"identify", 0x12, 0xFF, 0},
};

SamvModel *samv_model_create(void)
{
    SamvModel *model = g_new0(SamvModel, 1);
    model->incoming = g_byte_array_new();
    model->must_lift = TRUE;
    model->late_ms = 4000;
    model->boot_ms = 2000;
    for (int i = 0; i < MODEL_STEP_COUNT; i++)
        model->delays_ms[i] = steps[i].delay_ms;
    return model;
}

void samv_model_destroy(SamvModel *model)
{
    if (!model)
        return;
    g_byte_array_unref(model->incoming);
    g_free(model->card_name);
    g_free(model);
}

void samv_model_power_on(SamvModel *model)
{
    g_byte_array_set_size(model->incoming, 0);
    model->state = STATE_IDLE;
    model->read = FALSE;
    model->booted_us = g_get_monotonic_time() + model->boot_ms * 1000;
}

void samv_model_reset(SamvModel *model)
{
    g_byte_array_set_size(model->incoming, 0);
    model->state = STATE_IDLE;
    if (fault_row(model->fault)->effect == EFFECT_HUNG)
        model->fault = 0;
}

/* --- commands in --- */

static guint8 xor_of(const guint8 *bytes, gsize length)
{
    guint8 check = 0;
    for (gsize i = 0; i < length; i++)
        check ^= bytes[i];
    return check;
}

static ModelStep find_step(guint8 code, guint8 parameter)
{
    for (int i = 1; i < MODEL_STEP_COUNT; i++)
        if (steps[i].code == code && steps[i].parameter == parameter)
            return (ModelStep)i;
    return MODEL_STEP_ANY;
}

static void meet_fault(SamvModel *model, ModelRequest *request)
{
    if (!model->fault ||
        (model->fault_step != MODEL_STEP_ANY && model->fault_step != request->step))
        return;
    Effect effect = fault_row(model->fault)->effect;
    if (effect == EFFECT_BOOT && g_get_monotonic_time() >= model->booted_us)
        return;
    request->fault = model->fault;
    if (effect == EFFECT_LATE)
        request->delay_ms += model->late_ms;
    if (model->fault_once)
        model->fault = 0;
}

static void accept(SamvModel *model, const guint8 *body, gsize length, ModelRequest *ret)
{
    const guint8 *field = body - 2; /* the length is under the check byte as well */
    *ret = (ModelRequest){.generation = model->generation};
    ret->intact = length >= 3 && xor_of(field, length + 2) == 0;
    if (ret->intact)
        ret->step = find_step(body[0], body[1]);
    ret->delay_ms = model->delays_ms[ret->step];
    model->commands++;
    model->finds += ret->step == MODEL_STEP_FIND;
    if (model->has_card && !model->read)
        model->waited_ms += ret->delay_ms;
    meet_fault(model, ret);
}

gboolean samv_model_feed(SamvModel *model, const guint8 *bytes, gsize length,
                         ModelRequest *ret_request)
{
    static const guint8 preamble[] = {0xAA, 0xAA, 0xAA, 0x96, 0x69};
    GByteArray *incoming = model->incoming;
    g_byte_array_append(incoming, bytes, (guint)length);
    while (incoming->len >= sizeof preamble && memcmp(incoming->data, preamble, sizeof preamble))
        g_byte_array_remove_index(incoming, 0);
    if (incoming->len < HEADER_BYTES)
        return FALSE;
    gsize body = (gsize)incoming->data[5] << 8 | incoming->data[6];
    if (body > COMMAND_BYTES_MAX) {
        g_byte_array_set_size(incoming, 0);
        return FALSE;
    }
    if (incoming->len < HEADER_BYTES + body)
        return FALSE;
    accept(model, incoming->data + HEADER_BYTES, body, ret_request);
    g_byte_array_remove_range(incoming, 0, (guint)(HEADER_BYTES + body));
    return TRUE;
}

/* --- answers out --- */

static void build(guint8 status, const void *data, gsize length, ModelAnswer *ret)
{
    gsize body = 3 + length + 1;
    guint8 head[] = {0xAA, 0xAA, 0xAA, 0x96, 0x69, (guint8)(body >> 8), (guint8)body, 0, 0, status};
    g_byte_array_append(ret->bytes, head, sizeof head);
    if (length)
        g_byte_array_append(ret->bytes, data, (guint)length);
    guint8 check = xor_of(ret->bytes->data + 5, ret->bytes->len - 5);
    g_byte_array_append(ret->bytes, &check, 1);
    ret->header_length = HEADER_BYTES;
}

static void answer_read(SamvModel *model, ModelAnswer *ret)
{
    static const guint8 lengths[] = {0x01, 0x00, 0x04, 0x00};
    g_autoptr(GByteArray) data = g_byte_array_new();
    g_byte_array_append(data, lengths, sizeof lengths);
    g_byte_array_append(data, model->card.text, CARD_IMAGE_TEXT_BYTES);
    g_byte_array_append(data, model->card.photo, CARD_IMAGE_PHOTO_BYTES);
    build(0x90, data->data, data->len, ret);
    model->reads++;
    model->read = TRUE;
}

static void answer_identify(ModelAnswer *ret)
{
    static const guint8 id[16] = {0x05, 0x00, 0x01, 0x00, 0xE5, 0xD6, 0x34, 0x01,
                                  0x87, 0xD6, 0x12, 0x00, 0xB1, 0xCB, 0x74, 0x00};
    build(0x90, id, sizeof id, ret);
}

static void answer_find(SamvModel *model, gboolean same, ModelAnswer *ret)
{
    static const guint8 number[4];
    gboolean found = same && !(model->must_lift && model->read);
    model->state = found ? STATE_FOUND : STATE_IDLE;
    if (same && !found)
        model->state = STATE_SELECTED; /* read before and still there */
    if (found)
        build(0x9F, number, sizeof number, ret);
    else
        build(0x80, NULL, 0, ret);
}

static void answer_select(SamvModel *model, gboolean same, ModelAnswer *ret)
{
    static const guint8 number[8];
    if (!same || model->state == STATE_IDLE) {
        build(0x81, NULL, 0, ret);
        return;
    }
    model->state = STATE_SELECTED;
    build(0x90, number, sizeof number, ret);
}

static void answer_address(SamvModel *model, gboolean same, ModelAnswer *ret)
{
    if (!same || model->state != STATE_SELECTED)
        build(0x41, NULL, 0, ret);
    else if (model->card.has_address)
        build(0x90, model->card.address, CARD_IMAGE_ADDRESS_BYTES, ret);
    else
        build(0x91, NULL, 0, ret);
}

static void answer_number(SamvModel *model, gboolean same, ModelAnswer *ret)
{
    static const guint8 number[28] = {1, 2, 3};
    if (same && model->state == STATE_SELECTED)
        build(0x90, number, sizeof number, ret);
    else
        build(0x41, NULL, 0, ret);
}

static void answer_step(SamvModel *model, const ModelRequest *request, ModelAnswer *ret)
{
    gboolean same = model->has_card && request->generation == model->generation;
    switch (request->step) {
    case MODEL_STEP_RESET:
        model->state = STATE_IDLE;
        build(0x90, NULL, 0, ret);
        return;
    case MODEL_STEP_STATUS:
        build(0x90, NULL, 0, ret);
        return;
    case MODEL_STEP_IDENTIFY:
        answer_identify(ret);
        return;
    case MODEL_STEP_FIND:
        answer_find(model, same, ret);
        return;
    case MODEL_STEP_SELECT:
        answer_select(model, same, ret);
        return;
    case MODEL_STEP_READ:
        if (same && model->state == STATE_SELECTED)
            answer_read(model, ret);
        else
            build(0x41, NULL, 0, ret);
        return;
    case MODEL_STEP_ADDRESS:
        answer_address(model, same, ret);
        return;
    case MODEL_STEP_NUMBER:
        answer_number(model, same, ret);
        return;
    case MODEL_STEP_ANY:
    case MODEL_STEP_COUNT:
        break;
    }
    build(request->intact ? 0x21 : 0x10, NULL, 0, ret);
}

void samv_model_answer(SamvModel *model, const ModelRequest *request, ModelAnswer *ret_answer)
{
    *ret_answer = (ModelAnswer){.bytes = g_byte_array_new(), .salt = model->commands};
    const Fault *fault = fault_row(request->fault);
    if (fault->effect == EFFECT_STATUS)
        build((guint8)fault->value, NULL, 0, ret_answer);
    else
        answer_step(model, request, ret_answer);
    fault_spoil(request->fault, ret_answer);
}

/* --- control --- */

static char *lay_card(SamvModel *model, const char *path)
{
    g_autoptr(GError) error = NULL;
    CardImage image;
    if (!card_file_read(path, &image, &error))
        return g_strdup(error->message);
    model->card = image;
    g_free(model->card_name);
    model->card_name = g_strdelimit(g_path_get_basename(path), "\"\\\n\r\t", '?');
    model->has_card = TRUE;
    model->read = FALSE;
    model->state = STATE_IDLE;
    model->waited_ms = 0;
    model->generation++;
    return NULL;
}

static char *lift_card(SamvModel *model)
{
    model->has_card = model->read = FALSE;
    model->state = STATE_IDLE;
    model->generation++;
    return NULL;
}

static int step_of(const char *word)
{
    for (int i = 0; word && i < MODEL_STEP_COUNT; i++)
        if (!strcmp(steps[i].word, word))
            return i;
    return -1;
}

static char *set_delay(SamvModel *model, const char *word, const char *ms)
{
    int step = step_of(word), delay_ms = (int)strtol(ms, NULL, 10);
    if (delay_ms < 0 || delay_ms > DELAY_MAX_MS || strspn(ms, "0123456789") != strlen(ms))
        return g_strdup_printf("delay: '%s' is not 0 to %d milliseconds", ms, DELAY_MAX_MS);
    if (!strcmp(word, "late"))
        model->late_ms = delay_ms;
    else if (!strcmp(word, "boot"))
        model->boot_ms = delay_ms;
    else if (step < 0)
        return g_strdup_printf("delay: no step '%s'", word);
    else
        model->delays_ms[step] = delay_ms;
    return NULL;
}

/* fault NAME [once] [at STEP] */
static char *set_fault(SamvModel *model, char **words)
{
    gsize row = fault_find(words[0]);
    if (row == G_MAXSIZE)
        return g_strdup_printf("fault: no fault '%s'", words[0]);
    char **rest = words + 1;
    gboolean once = *rest && !strcmp(*rest, "once");
    rest += once;
    int step = (int)fault_row(row)->step;
    if (*rest && !strcmp(*rest, "at")) {
        step = step_of(rest[1]);
        rest += step < 0 ? 0 : 2;
    }
    if (*rest || step < 0)
        return g_strdup("fault: use fault NAME [once] [at STEP]");
    if (fault_row(row)->effect == EFFECT_INNER && step != MODEL_STEP_READ)
        return g_strdup_printf("fault: %s has no effect but at read", words[0]);
    model->fault = row;
    model->fault_once = once;
    model->fault_step = (ModelStep)step;
    return NULL;
}

static char *set_mode(SamvModel *model, const char *word)
{
    model->must_lift = strcmp(word, "continual") != 0;
    return model->must_lift && strcmp(word, "must-lift") != 0
               ? g_strdup_printf("mode: '%s' is neither must-lift nor continual", word)
               : NULL;
}

char *samv_model_control(SamvModel *model, char **words)
{
    guint count = g_strv_length(words);
    if (!strcmp(words[0], "card") && count == 2)
        return lay_card(model, words[1]);
    if (!strcmp(words[0], "lift") && count == 1)
        return lift_card(model);
    if (!strcmp(words[0], "mode") && count == 2)
        return set_mode(model, words[1]);
    if (!strcmp(words[0], "delay") && count == 3)
        return set_delay(model, words[1], words[2]);
    if (!strcmp(words[0], "fault") && count >= 2)
        return set_fault(model, words + 1);
    return g_strdup("");
}

char *samv_model_status(const SamvModel *model)
{
    g_autofree char *quoted =
        model->has_card ? g_strdup_printf("\"%s\"", model->card_name) : g_strdup("null");
    return g_strdup_printf("\"card\":%s,\"mode\":\"%s\",\"fault\":\"%s\",\"commands\":%u,"
                           "\"finds\":%u,\"reads\":%u,\"waited_ms\":%d",
                           quoted, model->must_lift ? "must-lift" : "continual",
                           fault_row(model->fault)->word, model->commands, model->finds,
                           model->reads, model->waited_ms);
}
