#include "firmware/certificate/plan.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/json_input.h"
#include "firmware/certificate/plan_reader.h"
#include "firmware/certificate/text_rule.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

#define CORE "http://www.opengis.net/spec/json-fg-1/1.0/conf/core"
#define CRS_PREFIX "http://www.opengis.net/def/crs/EPSG/0/"
#define THICKNESS_MIN_M 0.01
#define THICKNESS_MAX_M 3.0
#define ROOMS_MAX 256
#define NAME_MAX_CHARACTERS 40
#define AREA_TOLERANCE_M2 0.01

gboolean plan_reader_refuse(PlanReader *reader, const char *member, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *rule = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(reader->error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: features[%zu]: %s: %s",
                reader->where, reader->index, member, rule);
    return FALSE;
}

static char *prefix_of(const PlanReader *reader)
{
    return g_strdup_printf("%s: features[%zu]: properties.", reader->where, reader->index);
}

static const json_t *properties_of(const json_t *feature)
{
    return json_object_get(feature, "properties");
}

static char *copy_text(PlanReader *reader, const char *text)
{
    gsize size = strlen(text) + 1;
    return memcpy(secret_arena_alloc(reader->arena, size), text, size);
}

/* A member that may be missing or null: then `*ret` is NULL. */
static gboolean read_optional_text(PlanReader *reader, const json_t *feature, const TextRule *rule,
                                   char **ret)
{
    const json_t *properties = properties_of(feature);
    const json_t *value = json_object_get(properties, rule->member);
    *ret = NULL;
    if (!value || json_is_null(value))
        return TRUE;
    g_autofree char *prefix = prefix_of(reader);
    const char *text = text_rule_read(rule, properties, prefix, reader->error);
    if (!text)
        return FALSE;
    *ret = copy_text(reader, text);
    return TRUE;
}

/* NaN when missing or null. */
static gboolean read_optional_number(PlanReader *reader, const json_t *feature, const char *member,
                                     double max, double *ret)
{
    const json_t *value = json_object_get(properties_of(feature), member);
    g_autofree char *path = g_strconcat("properties.", member, NULL);
    *ret = NAN;
    if (!value || json_is_null(value))
        return TRUE;
    if (!json_is_number(value))
        return plan_reader_refuse(reader, path, "not a number");
    *ret = json_number_value(value);
    return (*ret >= 0 && *ret <= max) ||
           plan_reader_refuse(reader, path, "not from 0 to %.0f", max);
}

static const struct {
    TextRule rule;
    gsize offset; /* of the char * in PlanSheet */
} sheet_texts[] = {
    {{"parcel_code", 40, TRUE, FALSE}, offsetof(PlanSheet, parcel_code)},
    {{"structure", 40, TRUE, FALSE}, offsetof(PlanSheet, structure)},
    {{"building_no", 40, TRUE, FALSE}, offsetof(PlanSheet, building_no)},
    {{"unit_no", 40, TRUE, FALSE}, offsetof(PlanSheet, unit_no)},
    {{"floor", 40, TRUE, FALSE}, offsetof(PlanSheet, floor)},
    {{"surveyor", 40, TRUE, FALSE}, offsetof(PlanSheet, surveyor)},
    {{"drawn_on", 40, TRUE, FALSE}, offsetof(PlanSheet, drawn_on)},
    {{"checker", 40, TRUE, FALSE}, offsetof(PlanSheet, checker)},
    {{"checked_on", 40, TRUE, FALSE}, offsetof(PlanSheet, checked_on)},
};

static const struct {
    const char *member;
    double max;
    gsize offset; /* of the double in PlanSheet */
} sheet_numbers[] = {
    {"exclusive_area", 1e7, offsetof(PlanSheet, exclusive_area)},
    {"apportioned_area", 1e7, offsetof(PlanSheet, apportioned_area)},
    {"building_area", 1e7, offsetof(PlanSheet, building_area)},
    {"total_floors", 999, offsetof(PlanSheet, total_floors)},
};

/* Comparisons with NaN are false: a missing area is no contradiction. */
static gboolean check_areas(PlanReader *reader)
{
    const PlanSheet *sheet = &reader->plan->sheet;
    double sum = sheet->exclusive_area + sheet->apportioned_area;
    if (fabs(sheet->building_area - sum) > AREA_TOLERANCE_M2 + 1e-9)
        return plan_reader_refuse(reader, "properties.building_area",
                                  "%.2f is not exclusive_area + apportioned_area, %.2f",
                                  sheet->building_area, sum);
    return TRUE;
}

static gboolean read_sheet(PlanReader *reader, const json_t *feature)
{
    static const TextRule location_rule = {"location", 200, TRUE, FALSE};
    PlanSheet *sheet = &reader->plan->sheet;
    const json_t *place = json_object_get(feature, "place");
    if (reader->has_sheet)
        return plan_reader_refuse(reader, "featureType", "a second sheet");
    reader->has_sheet = TRUE;
    if (place && !json_is_null(place))
        return plan_reader_refuse(reader, "place", "not null");
    for (gsize i = 0; i < G_N_ELEMENTS(sheet_texts); i++)
        if (!read_optional_text(reader, feature, &sheet_texts[i].rule,
                                &G_STRUCT_MEMBER(char *, sheet, sheet_texts[i].offset)))
            return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(sheet_numbers); i++)
        if (!read_optional_number(reader, feature, sheet_numbers[i].member, sheet_numbers[i].max,
                                  &G_STRUCT_MEMBER(double, sheet, sheet_numbers[i].offset)))
            return FALSE;
    char *location;
    if (!read_optional_text(reader, feature, &location_rule, &location))
        return FALSE;
    sheet->location = (Personal){location};
    return check_areas(reader);
}

static gboolean read_unit(PlanReader *reader, const json_t *feature)
{
    if (reader->has_unit)
        return plan_reader_refuse(reader, "featureType", "a second unit");
    reader->has_unit = TRUE;
    return plan_reader_polygon(reader, feature, &reader->plan->unit);
}

static gboolean read_thick_line(PlanReader *reader, const json_t *feature, PlanPolygon *ret)
{
    const json_t *thickness = json_object_get(properties_of(feature), "thickness");
    double thickness_m = json_number_value(thickness);
    PlanLine line;
    if (!json_is_number(thickness) || thickness_m < THICKNESS_MIN_M ||
        thickness_m > THICKNESS_MAX_M)
        return plan_reader_refuse(reader, "properties.thickness",
                                  "not a number from %.2f to %.0f m", THICKNESS_MIN_M,
                                  THICKNESS_MAX_M);
    return plan_reader_line(reader, feature, &line) &&
           plan_reader_thicken(reader, &line, thickness_m, ret);
}

static gboolean read_wall(PlanReader *reader, const json_t *feature)
{
    static const char *const words[] = {
        [WALL_OWN] = "own", [WALL_SHARED] = "shared", [WALL_BORROWED] = "borrowed"};
    const char *word = json_string_value(json_object_get(properties_of(feature), "ownership"));
    PlanWall wall = {0};
    for (gsize i = WALL_OWN; i < G_N_ELEMENTS(words); i++)
        if (g_strcmp0(word, words[i]) == 0)
            wall.ownership = (WallOwnership)i;
    if (wall.ownership == WALL_OWNERSHIP_UNKNOWN)
        return plan_reader_refuse(reader, "properties.ownership", "not own, shared or borrowed");
    const char *type = plan_reader_place_type(reader, feature);
    if (!type)
        return FALSE;
    gboolean is_line = strcmp(type, "LineString") == 0;
    if (!(is_line ? read_thick_line(reader, feature, &wall.polygon)
                  : plan_reader_polygon(reader, feature, &wall.polygon)))
        return FALSE;
    g_array_append_val(reader->walls, wall);
    return TRUE;
}

static gboolean read_name(PlanReader *reader, const json_t *feature, char **ret)
{
    static const TextRule rule = {"name", NAME_MAX_CHARACTERS, FALSE, FALSE};
    g_autofree char *prefix = prefix_of(reader);
    const char *name = text_rule_read(&rule, properties_of(feature), prefix, reader->error);
    if (!name)
        return FALSE;
    *ret = copy_text(reader, name);
    return TRUE;
}

static gboolean read_named(PlanReader *reader, const json_t *feature, GArray *list)
{
    PlanRoom room;
    if (!read_name(reader, feature, &room.name) ||
        !plan_reader_polygon(reader, feature, &room.polygon))
        return FALSE;
    g_array_append_val(list, room);
    return TRUE;
}

static gboolean read_room(PlanReader *reader, const json_t *feature)
{
    if (reader->rooms->len >= ROOMS_MAX)
        return plan_reader_refuse(reader, "featureType", "more than %d rooms", ROOMS_MAX);
    g_array_append_val(reader->room_features, reader->index);
    return read_named(reader, feature, reader->rooms);
}

static gboolean read_common(PlanReader *reader, const json_t *feature)
{
    return read_named(reader, feature, reader->commons);
}

static gboolean read_balcony(PlanReader *reader, const json_t *feature)
{
    const json_t *enclosed = json_object_get(properties_of(feature), "enclosed");
    if (!json_is_boolean(enclosed))
        return plan_reader_refuse(reader, "properties.enclosed", "not true or false");
    PlanBalcony balcony = {.enclosed = json_is_true(enclosed)};
    if (!read_name(reader, feature, &balcony.name) ||
        !plan_reader_polygon(reader, feature, &balcony.polygon))
        return FALSE;
    g_array_append_val(reader->balconies, balcony);
    return TRUE;
}

static gboolean read_straight_line(PlanReader *reader, const json_t *feature, PlanLine *ret)
{
    if (!plan_reader_line(reader, feature, ret))
        return FALSE;
    return ret->count == 2 || plan_reader_refuse(reader, "place", "not a line of two positions");
}

static gboolean read_door(PlanReader *reader, const json_t *feature)
{
    static const struct {
        const char *word;
        OpeningKind kind;
    } swings[] = {{"left", OPENING_DOOR_LEFT},
                  {"right", OPENING_DOOR_RIGHT},
                  {"sliding", OPENING_DOOR_SLIDING}};
    const json_t *swing = json_object_get(properties_of(feature), "swing");
    PlanOpening door = {.kind = swing ? OPENING_UNKNOWN : OPENING_DOOR_PLAIN};
    for (gsize i = 0; i < G_N_ELEMENTS(swings); i++)
        if (g_strcmp0(json_string_value(swing), swings[i].word) == 0)
            door.kind = swings[i].kind;
    if (door.kind == OPENING_UNKNOWN)
        return plan_reader_refuse(reader, "properties.swing", "not left, right or sliding");
    if (!read_straight_line(reader, feature, &door.line))
        return FALSE;
    g_array_append_val(reader->openings, door);
    return TRUE;
}

/* A window round a corner comes as one opening for each straight part. */
static gboolean read_window(PlanReader *reader, const json_t *feature)
{
    PlanLine line;
    if (!plan_reader_line(reader, feature, &line))
        return FALSE;
    for (gsize i = 0; i + 1 < line.count; i++) {
        PlanOpening window = {OPENING_WINDOW, {line.points + i, 2}};
        g_array_append_val(reader->openings, window);
    }
    return TRUE;
}

static gboolean read_dimension(PlanReader *reader, const json_t *feature)
{
    static const TextRule rule = {"text", NAME_MAX_CHARACTERS, FALSE, FALSE};
    PlanLine line;
    PlanDimension dimension;
    if (!read_optional_text(reader, feature, &rule, &dimension.text) ||
        !read_straight_line(reader, feature, &line))
        return FALSE;
    dimension.from = line.points[0];
    dimension.to = line.points[1];
    g_array_append_val(reader->dimensions, dimension);
    return TRUE;
}

static const struct {
    const char *word; /* featureType */
    gboolean (*read)(PlanReader *reader, const json_t *feature);
} feature_types[] = {
    {"sheet", read_sheet}, {"unit", read_unit},       {"wall", read_wall},
    {"room", read_room},   {"balcony", read_balcony}, {"common", read_common},
    {"door", read_door},   {"window", read_window},   {"dimension", read_dimension},
};

static gboolean read_feature(PlanReader *reader, const json_t *feature)
{
    const char *word = json_string_value(json_object_get(feature, "featureType"));
    for (gsize i = 0; i < G_N_ELEMENTS(feature_types); i++)
        if (g_strcmp0(word, feature_types[i].word) == 0)
            return feature_types[i].read(reader, feature);
    return plan_reader_refuse(reader, "featureType", "missing or unknown");
}

static gboolean read_features(PlanReader *reader, const json_t *json)
{
    g_autofree char *prefix = g_strconcat(reader->where, ": ", NULL);
    const json_t *features = json_input_member(json, "features", JSON_ARRAY, prefix, reader->error);
    if (!features)
        return FALSE;
    for (reader->index = 0; reader->index < json_array_size(features); reader->index++)
        if (!read_feature(reader, json_array_get(features, reader->index)))
            return FALSE;
    if (!reader->has_sheet)
        return json_input_refuse(reader->error, prefix, "features", "no sheet");
    if (!reader->has_unit)
        return json_input_refuse(reader->error, prefix, "features", "no unit");
    return plan_reader_rooms_are_apart(reader);
}

static gboolean names_core(const json_t *conforms_to)
{
    for (gsize i = 0; i < json_array_size(conforms_to); i++)
        if (g_strcmp0(json_string_value(json_array_get(conforms_to, i)), CORE) == 0)
            return TRUE;
    return FALSE;
}

static int epsg_of(const char *crs)
{
    if (!crs || !g_str_has_prefix(crs, CRS_PREFIX))
        return 0;
    const char *digits = crs + strlen(CRS_PREFIX);
    return strlen(digits) == 4 && strspn(digits, "0123456789") == 4 ? (int)strtol(digits, NULL, 10)
                                                                    : 0;
}

static gboolean read_head(PlanReader *reader, const json_t *json)
{
    g_autofree char *prefix = g_strconcat(reader->where, ": ", NULL);
    const json_t *type = json_input_member(json, "type", JSON_STRING, prefix, reader->error);
    if (!type)
        return FALSE;
    if (strcmp(json_string_value(type), "FeatureCollection") != 0)
        return json_input_refuse(reader->error, prefix, "type", "not FeatureCollection");
    if (!names_core(json_object_get(json, "conformsTo")))
        return json_input_refuse(reader->error, prefix, "conformsTo", "does not name JSON-FG core");
    int epsg = epsg_of(json_string_value(json_object_get(json, "coordRefSys")));
    if (epsg < 4534 || epsg > 4554)
        return json_input_refuse(reader->error, prefix, "coordRefSys",
                                 "not " CRS_PREFIX "4534 to 4554");
    reader->plan->epsg = epsg;
    return TRUE;
}

static void *take(PlanReader *reader, GArray *list, gsize *ret_count)
{
    gsize size = list->len * g_array_get_element_size(list);
    void *copy = secret_arena_alloc(reader->arena, size);
    if (size)
        memcpy(copy, list->data, size);
    *ret_count = list->len;
    return copy;
}

static void take_lists(PlanReader *reader)
{
    Plan *plan = reader->plan;
    plan->walls = take(reader, reader->walls, &plan->n_walls);
    plan->rooms = take(reader, reader->rooms, &plan->n_rooms);
    plan->balconies = take(reader, reader->balconies, &plan->n_balconies);
    plan->commons = take(reader, reader->commons, &plan->n_commons);
    plan->openings = take(reader, reader->openings, &plan->n_openings);
    plan->dimensions = take(reader, reader->dimensions, &plan->n_dimensions);
}

Plan *plan_parse(json_t *json, SecretArena *arena, const char *where, GError **error)
{
    g_autoptr(GArray) walls = g_array_new(FALSE, FALSE, sizeof(PlanWall));
    g_autoptr(GArray) rooms = g_array_new(FALSE, FALSE, sizeof(PlanRoom));
    g_autoptr(GArray) room_features = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(GArray) balconies = g_array_new(FALSE, FALSE, sizeof(PlanBalcony));
    g_autoptr(GArray) commons = g_array_new(FALSE, FALSE, sizeof(PlanRoom));
    g_autoptr(GArray) openings = g_array_new(FALSE, FALSE, sizeof(PlanOpening));
    g_autoptr(GArray) dimensions = g_array_new(FALSE, FALSE, sizeof(PlanDimension));
    PlanReader reader = {
        .plan = secret_arena_alloc(arena, sizeof(Plan)),
        .arena = arena,
        .where = where,
        .walls = walls,
        .rooms = rooms,
        .room_features = room_features,
        .balconies = balconies,
        .commons = commons,
        .openings = openings,
        .dimensions = dimensions,
        .geos = GEOS_init_r(),
        .error = error,
    };
    gboolean complete = read_head(&reader, json) && read_features(&reader, json);
    if (complete)
        take_lists(&reader);
    GEOS_finish_r(reader.geos);
    return complete ? reader.plan : NULL;
}
