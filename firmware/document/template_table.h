/* Sections and keys of a template. Private to template.c. */
#pragma once
#include "firmware/document/template.h"

typedef enum { KEY_TEXT, KEY_NUMBER, KEY_FACE, KEY_ALIGN, KEY_YES } KeyType;

enum {
    HAS_TEXT = 1 << 0,
    HAS_PLACE = 1 << 1, /* x and y */
    HAS_X = 1 << 2,     /* x alone */
    HAS_WIDTH = 1 << 3,
    HAS_HEIGHT = 1 << 4,
    HAS_LINE = 1 << 5,
    HAS_FONT = 1 << 6, /* face, size, align */
    HAS_PITCH = 1 << 7,
    HAS_MODULE = 1 << 8,
    HAS_OPTIONS = 1 << 9, /* never asked for: spacing, preprinted */
};

static const struct {
    const char *key;
    KeyType type;
    int groups; /* of sections that need it; HAS_OPTIONS: any section may have it */
    gsize offset;
    double min, max;
} keys[] = {
    {"text", KEY_TEXT, HAS_TEXT, offsetof(TemplateItem, text), 1, 300},
    {"x", KEY_NUMBER, HAS_PLACE | HAS_X, offsetof(TemplateItem, x_mm), 0, 500},
    {"y", KEY_NUMBER, HAS_PLACE, offsetof(TemplateItem, y_mm), 0, 500},
    {"width", KEY_NUMBER, HAS_WIDTH, offsetof(TemplateItem, width_mm), 0, 500},
    {"height", KEY_NUMBER, HAS_HEIGHT, offsetof(TemplateItem, height_mm), 0, 500},
    {"line", KEY_NUMBER, HAS_LINE, offsetof(TemplateItem, line_mm), 0.05, 2},
    {"size", KEY_NUMBER, HAS_FONT, offsetof(TemplateItem, size_mm), 1.5, 60},
    {"pitch", KEY_NUMBER, HAS_PITCH, offsetof(TemplateItem, pitch_mm), 1.5, 60},
    {"spacing", KEY_NUMBER, HAS_OPTIONS, offsetof(TemplateItem, spacing_mm), 0, 20},
    {"module_dots", KEY_NUMBER, HAS_MODULE, offsetof(TemplateItem, module_dots), 9, 24},
    {"quiet_modules", KEY_NUMBER, HAS_MODULE, offsetof(TemplateItem, quiet_modules), 4, 8},
    {"face", KEY_FACE, HAS_FONT, offsetof(TemplateItem, face), 0, 0},
    {"align", KEY_ALIGN, HAS_FONT, offsetof(TemplateItem, align), 0, 0},
    {"preprinted", KEY_YES, HAS_OPTIONS, offsetof(TemplateItem, is_preprinted), 0, 0},
};

#define HAS_BOX (HAS_PLACE | HAS_WIDTH | HAS_HEIGHT)
#define HAS_LABEL (HAS_TEXT | HAS_PLACE | HAS_FONT)

static const struct {
    const char *section;
    int groups;
} items[ITEM_COUNT] = {
    [ITEM_FRAME] = {"frame", HAS_BOX | HAS_LINE},
    [ITEM_TITLE_HEADING] = {"title.heading", HAS_LABEL},
    [ITEM_TITLE_RULE] = {"title.rule", HAS_BOX | HAS_LINE},
    [ITEM_TITLE_LEGEND] = {"title.legend", HAS_LABEL | HAS_PITCH | HAS_WIDTH},
    [ITEM_TITLE_SEAL] = {"title.seal", HAS_BOX},
    [ITEM_TITLE_AUTHORITY] = {"title.authority", HAS_LABEL},
    [ITEM_TITLE_DATE] = {"title.date", HAS_PLACE | HAS_FONT},
    [ITEM_TITLE_QR] = {"title.qr", HAS_PLACE | HAS_MODULE},
    [ITEM_TITLE_QR_CAPTION] = {"title.qr_caption", HAS_LABEL},
    [ITEM_TITLE_IDENTIFIER_CAPTION] = {"title.identifier_caption", HAS_LABEL},
    [ITEM_TITLE_IDENTIFIER] = {"title.identifier", HAS_PLACE | HAS_FONT | HAS_PITCH},
    [ITEM_TITLE_SQUARE] = {"title.square", HAS_BOX | HAS_LINE},
    [ITEM_TITLE_SPECIMEN] = {"title.specimen", HAS_LABEL},
    [ITEM_TITLE_SPECIMEN_LATIN] = {"title.specimen_latin", HAS_LABEL},
    [ITEM_TITLE_PENDING] = {"title.pending", HAS_LABEL},
    [ITEM_TITLE_NUMBER] = {"title.number", HAS_LABEL},
    [ITEM_RIGHTS_NUMBER] = {"rights.number", HAS_PLACE | HAS_FONT | HAS_WIDTH},
    [ITEM_RIGHTS_ROWS] = {"rights.rows", HAS_BOX | HAS_LINE},
    [ITEM_RIGHTS_LABEL] = {"rights.label", HAS_X | HAS_FONT | HAS_PITCH | HAS_WIDTH},
    [ITEM_RIGHTS_VALUE] = {"rights.value", HAS_X | HAS_FONT | HAS_WIDTH},
    [ITEM_RIGHTS_OTHER] = {"rights.other", HAS_PLACE | HAS_FONT | HAS_PITCH | HAS_WIDTH},
    [ITEM_NOTES_HEADING] = {"notes.heading", HAS_LABEL},
    [ITEM_NOTES_CONTINUED] = {"notes.continued", HAS_LABEL},
    [ITEM_NOTES_TEXT] = {"notes.text", HAS_PLACE | HAS_FONT | HAS_PITCH | HAS_WIDTH},
    [ITEM_PLAN_HEADING] = {"plan.heading", HAS_LABEL},
    [ITEM_PLAN_AREA] = {"plan.area", HAS_BOX},
    [ITEM_PLAN_TITLE] = {"plan.title", HAS_LABEL},
    [ITEM_MARK_DIAGONAL] = {"mark.diagonal", HAS_LABEL},
    [ITEM_MARK_DIAGONAL_LATIN] = {"mark.diagonal_latin", HAS_LABEL},
    [ITEM_MARK_FOOT] = {"mark.foot", HAS_LABEL},
    [ITEM_MARK_PLAN] = {"mark.plan", HAS_LABEL | HAS_BOX | HAS_LINE},
};

static const struct {
    const char *section, *key;
} words[WORD_COUNT] = {
    [WORD_OWNERS] = {"rights.labels", "owners"},
    [WORD_CO_OWNERSHIP] = {"rights.labels", "co_ownership"},
    [WORD_LOCATION] = {"rights.labels", "location"},
    [WORD_UNIT_CODE] = {"rights.labels", "unit_code"},
    [WORD_RIGHT_TYPE] = {"rights.labels", "right_type"},
    [WORD_RIGHT_NATURE] = {"rights.labels", "right_nature"},
    [WORD_USE] = {"rights.labels", "use"},
    [WORD_AREA] = {"rights.labels", "area"},
    [WORD_TERM] = {"rights.labels", "term"},
    [WORD_OTHER] = {"rights.labels", "other"},
    [WORD_OWNERS_CONTINUED] = {"notes.words", "owners_continued"},
    [WORD_SEE_NOTES] = {"notes.words", "see_notes"},
};

static const struct {
    const char *section, *key;
    double min, max;
} numbers[NUMBER_COUNT] = {
    [NUMBER_LEAF_WIDTH] = {"leaf", "width", 50, 500},
    [NUMBER_LEAF_HEIGHT] = {"leaf", "height", 50, 500},
    [NUMBER_PLAN_PAGES] = {"booklet", "plan_pages", 0, 8},
    [NUMBER_NOTES_PAGES] = {"booklet", "notes_pages", 1, 2},
    [NUMBER_MARK_ANGLE] = {"mark", "angle", 0, 1.57},
    [NUMBER_MARK_TITLE] = {"mark", "shift_title", -100, 100},
    [NUMBER_MARK_RIGHTS] = {"mark", "shift_rights", -100, 100},
    [NUMBER_MARK_NOTES] = {"mark", "shift_notes", -100, 100},
    [NUMBER_MARK_PLANS] = {"mark", "shift_plans", -100, 100},
    [NUMBER_MARK_LIGHTNESS] = {"mark", "lightness", 0.5, 0.98},
    [NUMBER_MARK_LIGHTNESS_PLAN] = {"mark", "lightness_plans", 0.5, 0.98},
};

static const char *const part_words[PART_COUNT] = {
    [PART_UNKNOWN] = "unknown", [PART_TITLE] = "title", [PART_RIGHTS] = "rights",
    [PART_NOTES] = "notes",     [PART_PLANS] = "plans",
};

static const char *const align_words[] = {
    [ALIGN_UNKNOWN] = "unknown",
    [ALIGN_LEFT] = "left",
    [ALIGN_CENTRE] = "centre",
    [ALIGN_RIGHT] = "right",
};
