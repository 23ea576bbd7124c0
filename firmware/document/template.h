/* Places and sizes of a certificate: assets/templates/certificate.ini, checked when it is read. */
#pragma once
#include "firmware/document/text.h"

typedef enum { ALIGN_UNKNOWN = 0, ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } Align;

/* What the template places: one section each. */
typedef enum {
    ITEM_FRAME,
    ITEM_TITLE_HEADING,
    ITEM_TITLE_RULE,
    ITEM_TITLE_LEGEND,
    ITEM_TITLE_SEAL,
    ITEM_TITLE_AUTHORITY,
    ITEM_TITLE_DATE,
    ITEM_TITLE_QR,
    ITEM_TITLE_QR_CAPTION,
    ITEM_TITLE_IDENTIFIER_CAPTION,
    ITEM_TITLE_IDENTIFIER,
    ITEM_TITLE_SQUARE,
    ITEM_TITLE_SPECIMEN,
    ITEM_TITLE_SPECIMEN_LATIN,
    ITEM_TITLE_PENDING,
    ITEM_TITLE_NUMBER,
    ITEM_RIGHTS_NUMBER,
    ITEM_RIGHTS_ROWS,
    ITEM_RIGHTS_LABEL,
    ITEM_RIGHTS_VALUE,
    ITEM_RIGHTS_OTHER,
    ITEM_NOTES_HEADING,
    ITEM_NOTES_CONTINUED,
    ITEM_NOTES_TEXT,
    ITEM_PLAN_HEADING,
    ITEM_PLAN_AREA,
    ITEM_PLAN_TITLE,
    ITEM_MARK_DIAGONAL,
    ITEM_MARK_DIAGONAL_LATIN,
    ITEM_MARK_FOOT,
    ITEM_MARK_PLAN,
    ITEM_COUNT
} ItemId;

/* Keys a section does not have are 0 or NULL. */
typedef struct {
    char *text;
    double x_mm, y_mm, width_mm, height_mm, line_mm;
    double size_mm, pitch_mm, spacing_mm;
    double module_dots, quiet_modules; /* whole numbers */
    Face face;
    Align align;
    gboolean is_preprinted; /* stands on both kinds of stock because we print it */
} TemplateItem;

/* Words that are not placed by themselves. */
typedef enum {
    WORD_OWNERS,
    WORD_CO_OWNERSHIP,
    WORD_LOCATION,
    WORD_UNIT_CODE,
    WORD_RIGHT_TYPE,
    WORD_RIGHT_NATURE,
    WORD_USE,
    WORD_AREA,
    WORD_TERM,
    WORD_OTHER,
    WORD_OWNERS_CONTINUED,
    WORD_SEE_NOTES,
    WORD_COUNT
} WordId;

typedef enum {
    NUMBER_LEAF_WIDTH,
    NUMBER_LEAF_HEIGHT,
    NUMBER_PLAN_PAGES,
    NUMBER_NOTES_PAGES,
    NUMBER_MARK_ANGLE,
    NUMBER_MARK_TITLE, /* downward shift of the diagonal mark on a kind of page, in mm */
    NUMBER_MARK_RIGHTS,
    NUMBER_MARK_NOTES,
    NUMBER_MARK_PLANS,
    NUMBER_MARK_LIGHTNESS, /* 0 black to 1 white */
    NUMBER_MARK_LIGHTNESS_PLAN,
    NUMBER_COUNT
} NumberId;

typedef enum {
    PART_UNKNOWN = 0,
    PART_TITLE,
    PART_RIGHTS,
    PART_NOTES,
    PART_PLANS,
    PART_COUNT
} PagePart;

typedef struct {
    TemplateItem items[ITEM_COUNT];
    char *words[WORD_COUNT];
    double numbers[NUMBER_COUNT];
    PagePart order[PART_COUNT]; /* ends with PART_UNKNOWN */
    GBytes *bytes;              /* of the file */
} Template;

/* Reads `path`. NULL and KIOSK_ERROR_CONFIG: "certificate.ini:12: [title.date] size: ...". */
Template *template_load(const char *path, GError **error);
void template_free(Template *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)
